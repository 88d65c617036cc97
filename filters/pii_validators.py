"""Named validators: why a candidate that Presidio accepts is no personal data.

They know what stands around a match, which a pattern does not: a stretch of a longer number, an address that
is a section's number, digits in a link, a number whose form says nothing and that no word explains. Each
takes a match and says whether it refuses; the first that does is named in the findings and counted
(`pii_refused_...`). What each means: docs/filters/pii.md.

Here are those of cards and of plain forms, and the order of all; the others are in `pii_joints`,
`pii_surroundings`, `pii_addresses` and `pii_phone_forms`.
"""

import re
from collections.abc import Callable

from filters.pii_addresses import no_host, number_of_a_section, short_ipv6
from filters.pii_joints import part_of_longer
from filters.pii_match import FORMS, PLAIN, PLAIN_LOWER, PLAIN_UNSPACED, Match, explained
from filters.pii_phone_forms import date, dotted, plain_digits, table, wrong_length
from filters.pii_scripts import before_name
from filters.pii_secrets import not_random
from filters.pii_surroundings import (
    in_address,
    in_link,
    in_url_credentials,
    isbn,
    part_of_iban,
    placeholder,
    repository,
)

CARD_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 3), (4, 4, 4, 4, 3), (4, 4, 5)}
ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d\d|622\d)\d{12,15}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|3(?:0[0-59]|[689]\d)\d{11}"  # Diners Club
    r"|220[0-4]\d{12}"  # Mir
    r"|(?:5[06-9]|6\d)\d{10,17}"  # Maestro, UnionPay, RuPay, Verve
)


def unknown_issuer(match: Match) -> bool:
    """A card number that no issuer's range holds."""
    return match.entity == "CREDIT_CARD" and not ISSUERS.fullmatch(match.digits)


def odd_groups(match: Match) -> bool:
    """A card number whose digits are not grouped as on cards: figures side by side."""
    if match.entity != "CREDIT_CARD":
        return False
    groups = tuple(len(group) for group in re.split(r"[ -]", match.value))
    return len(groups) > 1 and groups not in CARD_GROUPS


def not_issued(match: Match) -> bool:
    """A social security number from 900 on."""
    return match.entity == "US_SSN" and match.digits.startswith("9")


def unexplained(match: Match) -> bool:
    """A form that says nothing by itself, and no word of its own near it."""
    entity, value = match.entity, match.value
    if entity in FORMS:
        return False
    plain = (
        match.score < match.least
        or entity in PLAIN
        or (entity in PLAIN_UNSPACED and value.isalnum())
        or (entity in PLAIN_LOWER and not value.isupper())
    )
    return plain and not explained(match)


VALIDATORS: tuple[Callable[[Match], bool], ...] = (
    placeholder,
    part_of_longer,
    part_of_iban,
    in_link,
    in_address,
    in_url_credentials,
    repository,
    isbn,
    unknown_issuer,
    odd_groups,
    number_of_a_section,
    no_host,
    short_ipv6,
    not_issued,
    not_random,
    date,
    dotted,
    wrong_length,
    table,
    plain_digits,
    unexplained,
)
NAMES = tuple(validator.__name__ for validator in VALIDATORS)


def verdict(match: Match) -> str | None:
    """The first validator that refuses; None: it is personal data."""
    return next((validator.__name__ for validator in VALIDATORS if validator(match)), None)


def narrowed(match: Match) -> Match:
    """The match without what only its pattern took along: a link, an open bracket, a word."""
    start, end, text = match.start, match.end, match.text
    if match.entity == "EMAIL_ADDRESS":
        at = text.find("@", start, end)
        cut = max((text.rfind(sign, start, at) for sign in "/=?&|*{}`!#"), default=-1) if at > 0 else -1
        if start <= cut < at - 1:
            start = cut + 1
        start += before_name(text[start:end])
    if match.entity == "PHONE_NUMBER" and text[start] in "([" and not re.search(r"[)\]]", text[start:end]):
        start += 1
    if match.entity == "IBAN_CODE" and text[end : end + 1].isalnum():  # "...2013000 A" of "...2013000 Are"
        cut = max(text.rfind(sign, start, end) for sign in " -")
        if cut > start and _iban_holds(text[start:cut]):
            end = cut
    return match._replace(start=start, end=end)


def _iban_holds(value: str) -> bool:
    """Mod 97 of ISO 13616."""
    plain = re.sub(r"[ -]", "", value).upper()
    return (
        plain.isascii()
        and plain.isalnum()
        and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1
    )
