r"""Makes `english.json`: what the English splitter knows, as data.

Run it in an environment that holds spaCy 3.8 and datatrove 0.10.1, with the path of the file to write:
`python generate_english.py english.json`. It asks spaCy's compiled rules about every code point and writes
down the answers, so no expression of spaCy is carried over; the splitter in `filters/kernels/splitter.h` is
written from the documented algorithm. Neither package is needed at run time.

The classes of characters, as ranges of code points:

space, letter, punctuation, word, decimal   Python's `isspace`, `isalpha`, category P*, `\w`, `isdecimal`
symbol, terminal                            datatrove's marks that are no words, and its ends of a line
                                            (FineWeb)
cased_alpha, lower, upper                   spaCy's letters: any, lower or uncased, upper or uncased
prefix, suffix, icon, quote, currency       characters that spaCy splits off, alone, at the start, at the
                                            end, ...
before_dot                                  characters after which a closing full stop is split off
sentence                                    ends of a sentence for spaCy's sentencizer
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

SURROGATES = range(0xD800, 0xE000)


def ranges(belongs: Callable[[str], bool]) -> list[int]:
    """Flat list of first, last, first, last, ... of the code points that belong."""
    bounds: list[int] = []
    for code in range(0x110000):
        if code not in SURROGATES and belongs(chr(code)):
            if bounds and bounds[-1] == code - 1:
                bounds[-1] = code
            else:
                bounds += [code, code]
    return bounds


def main(target: Path) -> None:
    """Write the data file."""
    spacy, char_classes = import_module("spacy"), import_module("spacy.lang.char_classes")
    sentencizer, orth = import_module("spacy.pipeline.sentencizer"), import_module("spacy.symbols").ORTH
    marks = import_module("datatrove.utils.text")
    tokenizer = spacy.blank("en").tokenizer
    prefix, suffix = tokenizer.prefix_search, tokenizer.suffix_search
    lower, alpha, upper, icon, quote = (
        re.compile(f"[{members}]").match
        for members in (
            char_classes.ALPHA_LOWER,
            char_classes.ALPHA,
            char_classes.ALPHA_UPPER,
            char_classes.CONCAT_ICONS,
            char_classes.CONCAT_QUOTES,
        )
    )
    word = re.compile(r"\w").match
    currency = {mark.replace("\\", "") for mark in char_classes.LIST_CURRENCY}
    symbols = marks.PUNCTUATION_SET
    terminals = marks.TERMINAL_PUNCTUATION
    sentence_ends = set(sentencizer.Sentencizer.default_punct_chars)

    def whole(search: Callable[[str], re.Match[str] | None], text: str, size: int) -> bool:
        match = search(text)
        return match is not None and match.end() - match.start() == size

    classes: dict[str, Callable[[str], bool]] = {
        "space": str.isspace,
        "letter": str.isalpha,
        "punctuation": lambda c: unicodedata.category(c).startswith("P"),
        "word": lambda c: word(c) is not None,
        "decimal": str.isdecimal,
        "symbol": lambda c: c in symbols,
        "terminal": lambda c: c in terminals,
        "cased_alpha": lambda c: alpha(c) is not None,
        "lower": lambda c: lower(c) is not None,
        "upper": lambda c: upper(c) is not None,
        "prefix": lambda c: c != "+" and whole(prefix, c + "x", 1),
        "suffix": lambda c: c != "." and whole(suffix, "x" + c, 1),
        "icon": lambda c: icon(c) is not None,
        "quote": lambda c: quote(c) is not None,
        "currency": lambda c: c in currency,
        "before_dot": lambda c: whole(suffix, c + ".", 1),
        "sentence": lambda c: c in sentence_ends,
    }
    exceptions = [
        " ".join(piece[orth] for piece in pieces)
        for key, pieces in sorted(tokenizer.rules.items())
        if not any(c.isspace() for c in key)  # white space is one token with and without a rule
    ]
    content = {
        "origin": f"spaCy {spacy.__version__} (MIT licence), datatrove 0.10.1 (Apache 2.0), "
        f"Unicode {unicodedata.unidata_version}; made by generate_english.py",
        "classes": {name: ranges(belongs) for name, belongs in classes.items()},
        "units": sorted(set(char_classes.LIST_UNITS)),
        "currencies": sorted(mark for mark in currency if len(mark) > 1),
        "exceptions": exceptions,
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
