"""Validators by what stands around a match of any kind: words, numbers, links, addresses, placeholders."""

import re

from filters import pii_context
from filters.pii_addresses import longer_address
from filters.pii_match import FORMS, LINK_FIELD, LINKS, Match
from filters.pii_phone_forms import longer_phone

JOINTS, JOINTS_BEFORE = ".,:/-_+=*%\\", ".,/-_+*%\\"
LINK = re.compile(r"(?:https?|ftp|file)://|www\.|\]\(/|(?:href|src)=", re.IGNORECASE)
IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4})*[ -]?\Z")
GROUP_BEFORE, GROUP_AFTER = re.compile(r"(?<![^\W_])\d{3,4}[ -]\Z"), re.compile(r"[ -]\d{3,4}(?![^\W_])")


def placeholder(match: Match) -> bool:
    """What touches a placeholder or a tagged surrogate: that text is scrubbed."""
    text, start = match.text, match.start
    return any(
        found.start() < match.end and found.end() > start
        for found in pii_context.PLACEHOLDER.finditer(text, max(0, start - 60), match.end + 60)
    )


def part_of_longer(match: Match) -> bool:
    """A stretch of a longer word, number, dotted list, hash or path."""
    if match.entity in FORMS:
        return False
    text, start, end = match.text, match.start, match.end
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if text[start].isalnum() and (before[-1:].isalnum() or before[-1:] == "_"):
        return True
    if after[:1].isalnum() or after[:1] == "_":
        return True
    if match.entity == "PHONE_NUMBER":
        return longer_phone(text, start, before, after)
    if match.entity == "IP_ADDRESS":
        return longer_address(match.value, before, after)
    if match.entity in ("IBAN_CODE", "CRYPTO"):
        return False
    if match.entity == "MAC_ADDRESS" and (before[-1:] in (":", "-") or after[:1] in (":", "-")):
        return True
    beside = GROUP_BEFORE.search(text, max(0, start - 6), start) or GROUP_AFTER.match(text, end)
    if beside and match.entity not in ("CREDIT_CARD", "MAC_ADDRESS"):
        return True
    joined_before = len(before) == 2 and before[0].isalnum() and before[1] in JOINTS_BEFORE
    return joined_before or (len(after) == 2 and after[0] in JOINTS and after[1].isalnum())


def part_of_iban(match: Match) -> bool:
    """Behind what begins an IBAN; the whole failed its checksum, or it would be one."""
    if match.entity in FORMS or match.entity in ("IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", "CRYPTO"):
        return False
    return (
        bool(IBAN_HEAD.search(match.text, max(0, match.start - 40), match.start))
        and match.text[match.start].isdigit()
    )


def in_link(match: Match) -> bool:
    """Digits of a link's path or query, which name pages, not people."""
    if match.entity in LINKS:
        return False
    head = match.text[max(0, match.start - 2000) : match.start]
    word = re.split(r"\s", head)[-1]
    return bool(LINK.search(word)) and not LINK_FIELD.search(word)


def in_address(match: Match) -> bool:
    """A number inside an e-mail address or a message's id."""
    if match.entity in LINKS:
        return False
    word = re.match(r"[\w.+\-$]{0,80}@", match.text[match.end : match.end + 81])
    return word is not None


def in_url_credentials(match: Match) -> bool:
    """What looks like an address, but is the password and the host of a link."""
    if match.entity != "EMAIL_ADDRESS":
        return False
    head = match.text[max(0, match.start - 200) : match.start]
    return bool(re.search(r"://[^\s/@:<>]*:[^\s/@<>]*\Z", head))


def isbn(match: Match) -> bool:
    """An ISBN, by its word or its checksum."""
    if match.entity in LINKS:
        return False
    head = match.text[max(0, match.start - 16) : match.start]
    if re.search(r"\bISBN(?:-1[03])?[:\s#]*[\d -]*\Z", head, re.IGNORECASE):
        return True
    digits = match.digits
    if len(digits) != 13 or not digits.startswith(("978", "979")):
        return False
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0
