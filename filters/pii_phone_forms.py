"""Validators of phone numbers: dates, decimals and figures that phonenumbers takes for one."""

import re

from filters import pii_phones
from filters.pii_match import LINK_FIELD, Match, explained
from filters.pii_scripts import continues

HEX_BEFORE = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{3,}-\Z")
WRITTEN = re.compile(r"\+?\(?\d+\)?(?:[ .\-]{1,2}\(?\d+\)?)+")  # in groups, as phone numbers are
IN_TABLE = re.compile(r"[\d>]\s\Z"), re.compile(r"\s[\d<]")  # a placeholder is one that stood there
DATE, DOTTED = re.compile(pii_phones.DATE), re.compile(pii_phones.DOTTED)


def date(match: Match) -> bool:
    """A date, a time stamp or a span of years that phonenumbers takes for a phone number."""
    return match.entity == "PHONE_NUMBER" and bool(DATE.fullmatch(match.value))


def dotted(match: Match) -> bool:
    """An address of the internet, valid or not, or a decimal number, taken for a phone number."""
    return match.entity == "PHONE_NUMBER" and bool(DOTTED.fullmatch(match.value))


def wrong_length(match: Match) -> bool:
    """Too few or too many digits for a phone number: under 7, over 15 (ITU-T E.164) behind any prefix."""
    if match.entity != "PHONE_NUMBER":
        return False
    digits = re.sub(r"(?:e?xt|x|#).*", "", match.value, flags=re.IGNORECASE | re.DOTALL)
    count = sum(c.isdigit() for c in digits)
    return count < 7 or count > (15 if not digits.startswith(("00", "011")) else 18)


def table(match: Match) -> bool:
    """A row of figures, more and longer than a line of phone numbers (filters/pii_phones.py)."""
    return match.entity == "PHONE_NUMBER" and len(match.value) > pii_phones.LONGEST_RUN


def plain_digits(match: Match) -> bool:
    """Digits without any sign of a phone number: no plus, no groups, not ten or more of them, no word."""
    if match.entity != "PHONE_NUMBER":
        return False
    value = match.value.strip("()[] ")
    if not value.isdigit():
        return False
    if match.text[match.start - 1 : match.start] in ("#", "$", "€", "£", "¥", "№"):
        return True
    if explained(match) or LINK_FIELD.search(match.text[max(0, match.start - 20) : match.start]):
        return False
    if IN_TABLE[0].search(match.text, max(0, match.start - 12), match.start) and IN_TABLE[1].match(
        match.text, match.end
    ):
        return True
    return not ((len(value) >= 10 and value[0] == "0") or (len(value) == 10 and value[0] != "1"))


def longer_phone(match: Match, before: str, after: str) -> bool:
    """A stretch of a longer number, list of numbers, hash or path; bare digits are one sooner."""
    text, start = match.text, match.start
    if HEX_BEFORE.search(text, max(0, start - 14), start):
        return True
    ties = ".:-" if WRITTEN.fullmatch(match.value) else ".,:-"
    if len(before) == 2 and before[0].isdigit() and before[1] in ties:
        return True
    if len(before) == 2 and continues(before[0]) and before[1] in "/\\":
        return not LINK_FIELD.search(text[max(0, start - 20) : start])
    if len(after) == 2 and after[0] in ".-" and after[1].isdigit():
        return True
    return match.value.isdigit() and bool(
        re.match(rf",\d{{{len(match.value)}}}(?!\d)", text[match.end : match.end + 32])
    )
