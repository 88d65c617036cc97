"""What dolma's fast PII tagger marks: texts as JSON, one a line, in; spans, one list a line, out.

    python spans_dolma.py < TEXTS > SPANS

The last line is the CPU time of the tagger, in seconds.
"""

import json
import sys
import time

from dolma.core.data_types import Document
from dolma.taggers.pii import FastPiiRegex


def main() -> None:
    """Spans, then seconds."""
    tagger = FastPiiRegex()
    documents = [Document(source="s", id=str(i), text=json.loads(line)) for i, line in enumerate(sys.stdin)]
    started = time.process_time()
    results = [tagger.predict(document) for document in documents]
    seconds = time.process_time() - started
    for result in results:
        spans = [[span.type, span.start, span.end] for span in result.spans]
        print(json.dumps([span for span in spans if span[0].isupper()]))
    print(seconds)


if __name__ == "__main__":
    main()
