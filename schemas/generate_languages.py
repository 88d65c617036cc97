"""Writes `languages.json` anew: `python -m schemas.generate_languages MODEL`.

MODEL is the file of fastText's lid.176, whose labels are the codes. What else people write for them is from
Unicode CLDR, by Babel: English names, and the codes that CLDR replaces by these (`eng`, `ger`).
"""

import json
import sys
from pathlib import Path

import fasttext
from babel import Locale
from babel.core import get_global

LABEL = "__label__"
UNKNOWN = "und"  # what `filters/language.py` says of a blank text


def main(model: str) -> None:
    """Reads the model's labels, writes the table."""
    codes = sorted([*(label.removeprefix(LABEL) for label in fasttext.load_model(model).labels), UNKNOWN])
    names = Locale("en").languages
    others = {names[code].lower(): code for code in codes if code in names and code != UNKNOWN}
    others |= {old: new for old, new in get_global("language_aliases").items() if new in codes}
    table = {"codes": codes, "others": {k: v for k, v in sorted(others.items()) if k not in codes}}
    target = Path(__file__).with_name("languages.json")
    target.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
