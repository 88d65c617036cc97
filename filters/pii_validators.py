"""Named validators: why a candidate that Presidio accepts is no personal data.

They know what stands around a match, which a pattern does not: a stretch of a longer number, an address that
is a section's number, digits in a link, a number whose form says nothing and that no word explains. Each
takes a match and says whether it refuses; the first that does is named in the findings and counted
(`pii_refused_...`). What each means: docs/filters/pii.md.
"""

import ipaddress
import re
from collections.abc import Callable
from typing import NamedTuple

from filters import pii_context, pii_phones


class Match(NamedTuple):
    """What a recogniser has found.

    Attributes:
        entity: what it would be.
        text: the whole text.
        start, end: of the match, characters.
        score: without context.
        least: score that a match needs.
        context: the recogniser's context words, in lower case.
    """

    entity: str
    text: str
    start: int
    end: int
    score: float
    least: float
    context: tuple[str, ...]

    @property
    def value(self) -> str:
        """The text that was matched."""
        return self.text[self.start : self.end]

    @property
    def digits(self) -> str:
        """Its digits."""
        return "".join(c for c in self.value if c.isdigit())


# Entities whose form explains itself, wherever it stands.
FORMS = {"EMAIL_ADDRESS", "URL_CREDENTIALS", "API_KEY", "PRIVATE_KEY", "PERSON", "LOCATION", "ORGANIZATION"}
LINKS = {*FORMS, "IP_ADDRESS", "MAC_ADDRESS", "CRYPTO", "IBAN_CODE"}  # what a link may hold
# Ids of so plain a form that a word must say what they are; those in the second set only where unspaced.
PLAIN = {
    "AU_MEDICARE", "AU_TFN", "CA_SIN", "DE_ID_CARD", "DE_PASSPORT", "DE_TAX_ID", "ES_PASSPORT", "IN_PASSPORT",
    "IN_VOTER", "IT_IDENTITY_CARD", "IT_PASSPORT", "KR_PASSPORT", "NG_NIN", "PH_PASSPORT", "PL_PESEL",
    "SE_PERSONNUMMER", "TH_TNIN", "TR_NATIONAL_ID", "UK_NHS", "UK_PASSPORT", "US_PASSPORT", "ZA_ID_NUMBER",
    "ZA_PASSPORT",
}  # fmt: skip
PLAIN_UNSPACED = {"IN_AADHAAR", "KR_FRN", "KR_RRN", "PH_UMID", "UK_NINO", "US_ITIN", "US_SSN"}
PLAIN_LOWER = {"IN_PAN", "IT_FISCAL_CODE", "SG_NRIC_FIN"}  # where not in capitals

GENERIC = {
    "bank", "canada", "card", "document", "id", "identification", "identity", "license", "national", "number",
    "pass", "security", "social", "states", "travel", "united", "us",
}  # fmt: skip
# Words that explain a plain form, beside Presidio's context words; comma-separated.
WORDS = {
    "PASSPORT": (
        "passport, passports, passport no, passport number, reisepass, passnummer, passeport, "
        "pasaporte, passaporto, 여권"
    ),
    "US_SSN": "social security, ssn, ssns, soc sec",
    "SE_PERSONNUMMER": "personnr",
    "ZA_ID_NUMBER": "id number, id no, identity number, rsa id",
    "PHONE_NUMBER": (
        "call, calls, calling, cell, cellphone, contact, dial, fax, hotline, mobile, phone, phones, "
        "ring, signal, sms, tel, telephone, text, whatsapp, téléphone, tél, tel., portable, mobil, "
        "handy, telefon, telefonnummer, rufnummer, telefono, teléfono, móvil, celular, cellulare, "
        "telefone, telemóvel, 電話, 电话, телефон, тел, טלפון, फ़ोन"
    ),
    "IP_ADDRESS": (
        "ip, ips, ipv4, ipv6, address, addr, client, connect, connected, connection, dns, firewall, "
        "gateway, host, hosts, login, logged, network, ping, port, proxy, router, server, ssh, subnet"
    ),
}

JOINTS, JOINTS_BEFORE = ".,:/-_+=*%\\", ".,/-_+*%\\"
LINK = re.compile(r"(?:https?|ftp|file)://|www\.|\]\(/|(?:href|src)=", re.IGNORECASE)
LINK_FIELD = re.compile(
    r"(?:phone|tel|mobile|cell|whatsapp|wa\.me|ssn|sms|call)[=:/]{1,2}(?:\+|%2B)?\Z", re.IGNORECASE
)
IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4})*[ -]?\Z")
HEX_BEFORE = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{3,}-\Z")
GROUP_BEFORE, GROUP_AFTER = re.compile(r"(?<![^\W_])\d{3,4}[ -]\Z"), re.compile(r"[ -]\d{3,4}(?![^\W_])")
IN_TABLE = re.compile(r"[\d>]\s\Z"), re.compile(r"\s[\d<]")  # a placeholder is one that stood there
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
DATE, DOTTED = re.compile(pii_phones.DATE), re.compile(pii_phones.DOTTED)
NUMBERED = re.compile(
    r"(?:\b(?:version|versions|ver|release|releases|section|sections|sec|chapter|article|clause|paragraph|para"
    r"|appendix|annex|figure|fig|table|rule|oid|build|revision|rev|firmware|kernel|driver|update|patch)"
    r"|(?<![^\W_])v|§|¶|[<>]=?)[ .:#-]{0,3}\Z",
    re.IGNORECASE,
)
SMALL = 30  # parts of section numbers and versions are seldom larger


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
        return _longer_phone(text, start, before, after)
    if match.entity == "IP_ADDRESS":
        return _longer_address(match.value, before, after)
    if match.entity in ("IBAN_CODE", "CRYPTO"):
        return False
    if match.entity == "MAC_ADDRESS" and (before[-1:] in (":", "-") or after[:1] in (":", "-")):
        return True
    beside = GROUP_BEFORE.search(text, max(0, start - 6), start) or GROUP_AFTER.match(text, end)
    if beside and match.entity not in ("CREDIT_CARD", "MAC_ADDRESS"):
        return True
    joined_before = len(before) == 2 and before[0].isalnum() and before[1] in JOINTS_BEFORE
    return joined_before or (len(after) == 2 and after[0] in JOINTS and after[1].isalnum())


def _longer_phone(text: str, start: int, before: str, after: str) -> bool:
    if HEX_BEFORE.search(text, max(0, start - 14), start):
        return True
    if len(before) == 2 and before[0].isdigit() and before[1] in ".,:-":
        return True
    if len(before) == 2 and before[0].isalnum() and before[1] in "/\\":
        return not LINK_FIELD.search(text[max(0, start - 20) : start])
    return len(after) == 2 and after[0] in ".,-" and after[1].isdigit()


def _longer_address(value: str, before: str, after: str) -> bool:
    if len(before) == 2 and before[0].isdigit() and before[1] in ".,":
        return True
    if ":" in value and before[-1:] == ":" and before[:1].isalnum():
        return True
    return len(after) == 2 and after[0] in ".," and after[1].isdigit()


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


def unknown_issuer(match: Match) -> bool:
    """A card number that no issuer's range holds."""
    return match.entity == "CREDIT_CARD" and not ISSUERS.fullmatch(match.digits)


def odd_groups(match: Match) -> bool:
    """A card number whose digits are not grouped as on cards: figures side by side."""
    if match.entity != "CREDIT_CARD":
        return False
    groups = tuple(len(group) for group in re.split(r"[ -]", match.value))
    return len(groups) > 1 and groups not in CARD_GROUPS


def number_of_a_section(match: Match) -> bool:
    """A section, version or object number: by the word before it, or small parts and no word of networks."""
    if match.entity != "IP_ADDRESS" or ":" in match.value:
        return False
    if NUMBERED.search(match.text, max(0, match.start - 24), match.start):
        return True
    if match.text[max(0, match.start - 2) : match.start].endswith(("//", "@")) or re.match(
        r":\d{2,5}(?!\d)", match.text[match.end : match.end + 7]
    ):
        return False  # a host
    parts = [int(part) for part in match.value.split("/")[0].split(".")]
    return all(0 < part <= SMALL for part in parts) and not _explained(match)


def no_host(match: Match) -> bool:
    """An address of no machine of one's own: loopback, unspecified, a mask, a network."""
    if match.entity != "IP_ADDRESS":
        return False
    address = ipaddress.ip_interface(match.value)
    network = "/" in match.value and address.network.prefixlen < address.max_prefixlen
    return (
        address.ip.is_loopback
        or address.ip.is_unspecified
        or match.value.startswith("255.")
        or (network and address.ip == address.network.network_address)
    )


def short_ipv6(match: Match) -> bool:
    """Two colons beside one hex word, or hex words without a digit: code, not an address."""
    if match.entity != "IP_ADDRESS" or ":" not in match.value:
        return False
    words = [word for word in re.split(r"[:/%]", match.value) if word]
    return len(words) < 2 or not any(c.isdigit() for c in match.value)


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
    return plain and not _explained(match)


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
    if _explained(match) or LINK_FIELD.search(match.text[max(0, match.start - 20) : match.start]):
        return False
    if IN_TABLE[0].search(match.text, max(0, match.start - 12), match.start) and IN_TABLE[1].match(
        match.text, match.end
    ):
        return True
    return not ((len(value) >= 10 and value[0] == "0") or (len(value) == 10 and value[0] != "1"))


def placeholder(match: Match) -> bool:
    """What touches a placeholder or a tagged surrogate: that text is scrubbed."""
    text, start = match.text, match.start
    return any(
        found.start() < match.end and found.end() > start
        for found in pii_context.PLACEHOLDER.finditer(text, max(0, start - 60), match.end + 60)
    )


VALIDATORS: tuple[Callable[[Match], bool], ...] = (
    placeholder,
    part_of_longer,
    part_of_iban,
    in_link,
    in_address,
    in_url_credentials,
    isbn,
    unknown_issuer,
    odd_groups,
    number_of_a_section,
    no_host,
    short_ipv6,
    not_issued,
    date,
    dotted,
    wrong_length,
    table,
    plain_digits,
    unexplained,
)
# Those that look at the match alone: what stands near it does not change their verdict.
ALONE = frozenset(
    validator.__name__
    for validator in (
        unknown_issuer,
        odd_groups,
        no_host,
        short_ipv6,
        not_issued,
        date,
        dotted,
        wrong_length,
        table,
    )
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


def _explained(match: Match) -> bool:
    own = "PASSPORT" if match.entity.endswith("PASSPORT") else match.entity
    words = tuple(word for word in match.context if word not in GENERIC and len(word) > 1)
    if own in ("PHONE_NUMBER", "US_SSN", "PASSPORT", "ZA_ID_NUMBER"):
        words = ()
    return pii_context.beside(
        match.text, match.start, match.end, pii_context.whole_words((*words, *WORDS.get(own, "").split(", ")))
    )
