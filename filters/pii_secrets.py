"""Validator of assigned secrets: words and code behind `token:` and `api_key =` that are none."""

import itertools
import math
import re
from collections import Counter

from filters.pii_match import Match
from filters.pii_patterns import KEY_NAMES, KEYS

ISSUED = re.compile("|".join(KEYS.values()))
NAMED_KEY = re.compile(rf"(?:{KEY_NAMES})[^\n]{{0,40}}\Z|\bBearer \Z", re.IGNORECASE)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Bits a character (Shannon 1948): 16 random hex digits have less once in 650, 32 have 2.8 and more.
LEAST_BITS = 2.5
UNBROKEN, UNBROKEN_UNNAMED = 20, 12  # letters and digits; words of prose and of paths are shorter


def not_random(match: Match) -> bool:
    """An assigned value that is a word, a path or a call."""
    text, start, value = match.text, match.start, match.value
    if match.entity != "API_KEY" or ISSUED.match(value) or ISSUED.match(text, start):
        return False
    if text[match.end : match.end + 1] == "(":
        return True
    digits = sum(map(str.isdigit, value))
    mixed = value.upper() != value and value.lower() != value and digits > 0
    switches = sum(
        a.isdigit() != b.isdigit() for a, b in itertools.pairwise(value) if a.isalnum() and b.isalnum()
    )
    unbroken = max(map(len, re.split(r"[\W_]+", value)))
    if NAMED_KEY.search(text, max(0, start - 80), start):
        random = mixed or unbroken >= UNBROKEN or (digits >= 2 and switches >= 2) or value.isdigit()
    else:
        random = (mixed or (digits >= 2 and switches >= 3)) and unbroken >= UNBROKEN_UNNAMED
        random = random or UUID.fullmatch(value) is not None
    return not random or bits(value) < LEAST_BITS


def bits(value: str) -> float:
    """Shannon's entropy of the characters, bits each."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())
