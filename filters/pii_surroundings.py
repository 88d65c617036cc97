"""Validators by what stands around a match of any kind: words, numbers, links, addresses, placeholders."""

import re

from filters import pii_context
from filters.pii_match import FORMS, ID_FIELD, LINK_FIELD, LINKS, Match

LINK = re.compile(r"(?:https?|ftp|file)://|www\.|\]\(/|(?:href|src)=", re.IGNORECASE)
NOBODYS = re.compile(r"(?<!\d)(?:9[ -]?){4}(?:\d[ -]?){8,14}\d(?!\d)|\b000-\d\d-\d{4}\b")  # surrogates
# Numbers for examples, as surrogates are written: a stretch of one is none, the whole may be meant.
RESERVED = re.compile(r"\+44 20 7946 0\d{3}|\+33 1 99 00 \d{4}|\+49 30 23125 \d{3}|\+61 2 5550 \d{4}")
LINK_END = re.compile(r"[\s\u3000-\u303f\uff01-\uff0f\uff1a-\uff20]")  # space, or Chinese punctuation
REPOSITORY_LOGIN = re.compile(r"(?:git|hg|svn|cvs|gitea|gitlab|forgejo|org-\d{1,12})@", re.IGNORECASE)
IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4})*[ -]?\Z")


def placeholder(match: Match) -> bool:
    """What touches a placeholder, a tagged surrogate or a number that nobody has: that text is scrubbed."""
    text, start, end = match.text, match.start, match.end
    if any(
        found.start() < end and found.end() > start
        for replaced in (pii_context.PLACEHOLDER, NOBODYS)
        for found in replaced.finditer(text, max(0, start - 60), end + 60)
    ):
        return True
    return match.entity == "PHONE_NUMBER" and any(
        found.start() <= start and end <= found.end() and end - start < len(found.group())
        for found in RESERVED.finditer(text, max(0, start - 20), end + 20)
    )


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
    word = LINK_END.split(head)[-1]
    return bool(LINK.search(word)) and not LINK_FIELD.search(word) and not ID_FIELD.search(word)


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


def repository(match: Match) -> bool:
    """The login of a repository, the same for everybody: `git@github.com:user/repo.git`."""
    if match.entity != "EMAIL_ADDRESS" or not REPOSITORY_LOGIN.match(match.value):
        return False
    behind = re.match(r":[\w~./\-]|/\w", match.text[match.end : match.end + 2])
    return behind is not None or match.text[max(0, match.start - 6) : match.start].endswith("ssh://")


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
