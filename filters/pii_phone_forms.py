"""Validators of phone numbers: dates, decimals and figures that phonenumbers takes for one."""

import itertools
import re

from filters import pii_phones
from filters.pii_match import LINK_FIELD, Match, explained
from filters.pii_scripts import continues

HEX_BEFORE = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{3,}-\Z")
WRITTEN = re.compile(r"\+?\(?\d+\)?(?:[ .\-]{1,2}\(?\d+\)?)+")  # in groups, as phone numbers are
IN_TABLE = re.compile(r"[\d>]\s\Z"), re.compile(r"\s[\d<]")  # a placeholder is one that stood there
# Figures of one or two digits: a phone number in pairs has six groups with its country code.
MOST_SHORT = 7
# What says that the digits behind it are no phone number; the second kind with "number" or the like.
_NUMBERED = (
    "order|invoice|ref|reference|tracking|ticket|serial|sku|upc|ean|gtin|bar ?code|batch|catalog|catalogue"
    "|confirmation|booking|transaction|receipt|claim|policy|patent|bug|pmid|imei|build|epoch|timestamp|id"
)
_NUMBERED_AS = "account|acct|case|document|item|issue|lot|model|part|product|report"
_NUMBER = "no|nos|nr|num|number|id|code"
OTHER_NUMBER = re.compile(
    rf"(?<![^\W_])(?<!to )(?:(?:{_NUMBERED})s?[ .:#_-]{{0,3}}(?:{_NUMBER})?"
    rf"|(?:{_NUMBERED_AS})[ ._-]{{0,2}}(?:#|{_NUMBER}))(?: is)?[ .:#=\"']{{0,4}}\Z",
    re.IGNORECASE,
)
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
    """A row of figures: longer than a line of phone numbers (filters/pii_phones.py), or counted up."""
    if match.entity != "PHONE_NUMBER":
        return False
    if len(match.value) > pii_phones.LONGEST_RUN:
        return True
    if match.value.startswith("+"):
        return False
    groups = re.findall(r"\d+", match.value)
    if len(groups) < MOST_SHORT or max(map(len, groups)) > 2:
        return False
    steps = {int(b) - int(a) for a, b in itertools.pairwise(groups)}
    return len(steps) == 1 or {len(group) for group in groups} == {1, 2}


def plain_digits(match: Match) -> bool:
    """Digits without any sign of a phone number: no plus, no groups, not ten or more of them, no word."""
    if match.entity != "PHONE_NUMBER":
        return False
    value = match.value.strip("()[] ")
    if not value.isdigit():
        return False
    if OTHER_NUMBER.search(match.text, max(0, match.start - 40), match.start):
        return True
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
