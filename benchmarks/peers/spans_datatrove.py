"""What datatrove's PII formatter would replace: texts as JSON, one a line, in; spans, one list a line, out.

    python spans_datatrove.py < TEXTS > SPANS

The last line is the CPU time of the formatter's own `format` over all texts, in seconds.
"""

import json
import sys
import time

from datatrove.pipeline.formatters.pii import PIIFormatter


def main() -> None:
    """Spans, then seconds."""
    formatter = PIIFormatter()
    replacers = (("EMAIL_ADDRESS", formatter.emails_replacer), ("IP_ADDRESS", formatter.ip_replacer))
    texts = [json.loads(line) for line in sys.stdin]
    started = time.process_time()
    for text in texts:
        formatter.format(text)
    seconds = time.process_time() - started
    for text in texts:
        spans = []
        for entity, replacer in replacers:
            matches = replacer.regex.finditer(text)
            valid = (m for m in matches if replacer.validator is None or replacer.validator(m.group(0)))
            spans += [[entity, *match.span()] for match in valid]
        print(json.dumps(spans))
    print(seconds)


if __name__ == "__main__":
    main()
