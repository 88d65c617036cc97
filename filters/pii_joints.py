"""Validator: a stretch of a longer word, number, dotted list, hash or path.

What stands beside a match belongs to it where the two make one longer thing: `1,234,567`, `3.1.4.15.9`.
A comma, a slash, a colon or a full stop that only ends a field or a sentence does not
(`Smith,219-09-9999,1980`).
"""

import re

from filters.pii_addresses import longer_address
from filters.pii_match import FORMS, Match
from filters.pii_phone_forms import longer_phone
from filters.pii_scripts import continues

TIES = "-_+*%\\"  # beside any form; behind it a colon ties digits, too
SURE_TIES = "-_+\\"  # beside a form that is hardly ever anything else
GROUP_BEFORE, GROUP_AFTER = re.compile(r"(?<![^\W_])\d{3,4}([ -])\Z"), re.compile(r"([ -])\d{3,4}(?![^\W_])")
THOUSANDS_BEFORE, GROUP_OF_THREE = re.compile(r"(?<!\d)\d{1,3},\Z"), re.compile(r"\d{3}(?![ .\-]?\d)")
UP_TO_THREE, THOUSANDS_AFTER = re.compile(r"(?<!\d)(?<!\d[ .\-])\d{1,3}\Z"), re.compile(r",\d{3}(?!\d)")
NUMBER_SIGN = re.compile(r"(?<![^\W_])(?:no|nos|nr|num|núm)\.\Z", re.IGNORECASE)
PATH = re.compile(r"(?:\A|[\s\"'(<,;|=])(?:[~.]{0,2}/|[\w\-]+(?:\.[\w\-]+)*\.[a-z]{2,18}/)(?:[\w.~\-]+/)*\Z")
HEX_BEFORE = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-F]{2}[:-]|[0-9A-F]{4}\.)\Z", re.IGNORECASE)
HEX_AFTER = re.compile(r"(?:[:-][0-9A-F]{2}|\.[0-9A-F]{4})(?![0-9A-Za-z])", re.IGNORECASE)


def part_of_longer(match: Match) -> bool:
    """A stretch of a longer word, number, dotted list, hash or path."""
    if match.entity in FORMS:
        return False
    text, start, end = match.text, match.start, match.end
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if text[start].isalnum() and (continues(before[-1:]) or before[-1:] == "_"):
        return True
    if continues(after[:1]) or after[:1] == "_":
        return True
    match match.entity:
        case "PHONE_NUMBER":
            return in_thousands(text, start, end) or longer_phone(match, before, after)
        case "IP_ADDRESS":
            return longer_address(match.value, before, after)
        case "IBAN_CODE" | "CRYPTO":
            return False
        case "MAC_ADDRESS":
            return bool(HEX_BEFORE.search(text, max(0, start - 6), start) or HEX_AFTER.match(text, end))
    if in_thousands(text, start, end) or _decimal(before[::-1]) or _decimal(after):
        return True
    if match.entity == "CREDIT_CARD" or (match.entity == "US_SSN" and match.value.count("-") == 2):
        tied = _tied(before[::-1], SURE_TIES) or _tied(after, SURE_TIES)
        return tied or (before[-1:] == "/" and bool(PATH.search(text, max(0, start - 200), start)))
    return _plain_tied(text, start, before, after) or _more_groups(match)


def in_thousands(text: str, start: int, end: int) -> bool:
    """Digits of a number written with commas, `1,234,567`."""
    ahead = THOUSANDS_BEFORE.search(text, max(0, start - 4), start) and GROUP_OF_THREE.match(text, start)
    behind = THOUSANDS_AFTER.match(text, end) and UP_TO_THREE.search(text, max(start, end - 4), end)
    return bool(ahead or behind)


def _plain_tied(text: str, start: int, before: str, after: str) -> bool:
    if _tied(before[::-1], TIES + "/") or _tied(after, TIES + "/="):
        return True
    if after[:1] == ":" and after[1:].isdigit():
        return True
    if after[:1] == "." and after[1:].islower():  # the name of a file
        return True
    dotted = _tied(before[::-1], ".")
    return dotted and not NUMBER_SIGN.search(text, max(0, start - 5), start)


def _tied(beside: str, ties: str) -> bool:
    """A tie next to the match, and a letter or digit next to that."""
    return len(beside) == 2 and beside[0] in ties and continues(beside[1])


def _decimal(beside: str) -> bool:
    return len(beside) == 2 and beside[0] == "." and beside[1].isdigit()


def _more_groups(match: Match) -> bool:
    """Another group of digits beside it, behind the sign that parts its own."""
    before = GROUP_BEFORE.search(match.text, max(0, match.start - 6), match.start)
    after = GROUP_AFTER.match(match.text, match.end)
    return any(beside is not None and beside[1] in match.value for beside in (before, after))
