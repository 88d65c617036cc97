"""The recognisers of `pii`: Presidio's own, told what to look for, and ours for secrets, in Presidio's form.

A recogniser is only run where Hyperscan has seen one of its `needles` (filters/pii_windows.py). For most of
them the needles are Presidio's patterns themselves; where one has no bound on its length, or fires once a
character, something shorter that every match must hold stands in for it.

Settings that differ from Presidio's defaults, so that its weakest patterns stay out: no `::` alone as an
address, no Indian PAN of "any ten characters", no Swedish and Finnish ids inside longer words. The suffix
list of tldextract is the bundled one: nothing is fetched.
"""

import functools
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filters import pii_phones
from filters.pii_patterns import (
    AMERICAN_PHONES,
    ASSIGNED_SECRET,
    ASSIGNED_SECRET_NEEDLE,
    INTERNATIONAL_PHONES,
    KEYS,
    LOWER_IBAN,
    OBFUSCATED_EMAIL,
    OBFUSCATED_EMAIL_NEEDLE,
    OTHER_CARDS,
    PRIVATE_KEY,
    PRIVATE_KEY_BEGIN,
    SAMPLE_SSN,
    URL_CREDENTIALS,
)

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer, Pattern

LANGUAGE = "en"  # what Presidio files them under; their patterns and context words are of many languages


@dataclass(frozen=True)
class Recogniser:
    """One recogniser and how to find its windows.

    Attributes:
        entity: what it finds.
        presidio: the recogniser.
        needles: (pattern on folded text, its case matters); one matches in, or ends with, every match.
        alphabet: inside of a regex class; no match holds another character. None: windows go by `width`.
        width: most characters of a match; 0 where unbounded.
        beyond: most characters of a match behind its needle; 0 where the needle is the whole match.
        patterns: (regex, score), where the recogniser is nothing but its patterns and checks.
        region: of phone numbers, whose windows filters/pii_phones.py finds.
    """

    entity: str
    presidio: "EntityRecognizer"
    needles: tuple[tuple[bytes, bool], ...]
    alphabet: bytes | None
    width: int
    beyond: int = 0
    patterns: tuple[tuple[Any, float], ...] = ()
    region: str | None = None


def silence() -> None:
    """Presidio logs values that it fails on; a log is no place for them."""
    logging.getLogger("presidio-analyzer").disabled = True


def recognisers(entities: tuple[str, ...], regions: tuple[str, ...]) -> tuple[Recogniser, ...]:
    """The recognisers of the entities, phone numbers by region."""
    silence()
    found = [*_generic(regions), *_countries(), *_ours()]
    return tuple(recogniser for recogniser in found if recogniser.entity in entities)


def _generic(regions: tuple[str, ...]) -> Iterable[Recogniser]:
    import presidio_analyzer
    import presidio_analyzer.predefined_recognizers as presidio

    yield _with(
        _offline(presidio.EmailRecognizer)(),
        # ~ may be a letter, folded, and \x1c is one
        needles=[rb"[!#$%&'*+\-/=?^_`{|}~\w\x1c]@[\w~\x1c]+(?:-+[\w~\x1c]+)*\.[\w~\x1c]"],
        alphabet=rb"!#$%&'*+\-/=?^_`{|}~\w\x1c.@",
    )
    ip = presidio.IpRecognizer(patterns=presidio.IpRecognizer.PATTERNS[:4])
    yield _with(
        ip,
        needles=[
            rb"::[0-9a-f]|[0-9a-f]::|(?:[0-9a-f]{1,4}:){6}[0-9a-f]",
            rb"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        ],
        alphabet=rb"0-9A-Za-z_:.%/",
    )
    yield _with(
        presidio.CryptoRecognizer(), needles=[rb"(?:^|[^a-z0-9])[a-z0-9]{26}"], alphabet=rb"0-9A-Za-z"
    )
    yield _plain(presidio.MacAddressRecognizer())
    yield _plain(presidio.CreditCardRecognizer())
    yield _plain(presidio.IbanRecognizer())
    lower_case: Any = presidio_analyzer.Pattern("lower case", LOWER_IBAN, 0.5)
    yield _plain(presidio.IbanRecognizer(patterns=[lower_case]))
    for region in regions:
        pii_phones.region(region)
        phones = presidio.PhoneRecognizer(supported_regions=(region,))
        yield Recogniser("PHONE_NUMBER", phones, (), None, 0, region=region)


def _countries() -> Iterable[Recogniser]:
    import presidio_analyzer.predefined_recognizers as presidio

    whole = {
        "AuMedicareRecognizer", "AuTfnRecognizer", "CaSinRecognizer", "DeIdCardRecognizer",
        "DePassportRecognizer", "DeSocialSecurityRecognizer", "DeTaxIdRecognizer", "EsNieRecognizer",
        "EsNifRecognizer", "EsPassportRecognizer", "InAadhaarRecognizer", "InPassportRecognizer",
        "InVoterRecognizer", "ItFiscalCodeRecognizer", "ItIdentityCardRecognizer", "ItPassportRecognizer",
        "KrFrnRecognizer", "KrPassportRecognizer", "KrRrnRecognizer", "NgNinRecognizer", "NhsRecognizer",
        "PhPassportRecognizer", "PhUmidRecognizer", "PlPeselRecognizer", "SgFinRecognizer",
        "ThTninRecognizer", "TrNationalIdRecognizer", "UkNinoRecognizer", "UkPassportRecognizer",
        "UsItinRecognizer", "UsPassportRecognizer", "UsSsnRecognizer", "ZaIdNumberRecognizer",
        "ZaPassportRecognizer",
    }  # fmt: skip
    for name in sorted(whole):
        yield _plain(getattr(presidio, name)(supported_language=LANGUAGE))
    strong = {"InPanRecognizer": 2, "FiPersonalIdentityCodeRecognizer": 1, "SePersonnummerRecognizer": 1}
    for name, patterns in sorted(strong.items()):
        kind = getattr(presidio, name)
        yield _plain(kind(patterns=kind.PATTERNS[:patterns], supported_language=LANGUAGE))


def _ours() -> Iterable[Recogniser]:
    """What Presidio does not know, as its own kind of recogniser."""
    from presidio_analyzer import Pattern, PatternRecognizer

    case = int(re.DOTALL | re.MULTILINE)  # case matters

    def ours(entity: str, patterns: dict[str, str], flags: int, context: list[str]) -> PatternRecognizer:
        return PatternRecognizer(
            supported_entity=entity,
            patterns=[Pattern(name, regex, 0.6) for name, regex in patterns.items()],
            context=context,
            global_regex_flags=flags,
            name=f"{entity} by form",
        )

    yield _with(
        ours("URL_CREDENTIALS", {"user:password@": URL_CREDENTIALS}, case | int(re.IGNORECASE), []),
        needles=[rb":\/\/[^\s\/@:<>]{0,128}:[^\s\/@<>]{1,128}@[^\s\/@]"],
        alphabet=None,
        width=300,
    )
    yield _with(ours("API_KEY", KEYS, case, []), needles=[(n.encode(), True) for n in KEYS.values()])
    yield _with(
        ours("API_KEY", {"assigned secret": ASSIGNED_SECRET}, case | int(re.IGNORECASE), []),
        needles=[ASSIGNED_SECRET_NEEDLE],
        width=600,
    )
    yield _with(
        ours("PRIVATE_KEY", {"PEM": PRIVATE_KEY}, case, []),
        needles=[(PRIVATE_KEY_BEGIN.encode(), True)],
        width=24_000,
    )
    yield _with(
        ours("EMAIL_ADDRESS", {"obfuscated": OBFUSCATED_EMAIL}, case, []),
        needles=[(OBFUSCATED_EMAIL_NEEDLE, True)],
        width=320,
    )
    yield _plain(ours("US_SSN", {"area-group-serial": SAMPLE_SSN}, case, []))
    yield _plain(ours("CRYPTO", {"Ethereum": r"\b0x[0-9a-fA-F]{40}\b"}, case, []))
    yield _plain(_international(ours("PHONE_NUMBER", INTERNATIONAL_PHONES, case, [])))
    yield _plain(ours("PHONE_NUMBER", AMERICAN_PHONES, case, []))
    yield _plain(_cards(Pattern("2-series, 13 and 19 digits", OTHER_CARDS, 0.3)))


def _international(presidio: Any) -> Any:  # noqa: ANN401
    """Asks phonenumbers whether a number could be one."""
    import phonenumbers

    def validate(pattern_text: str) -> bool | None:
        try:
            number = phonenumbers.parse(pattern_text)
        except phonenumbers.NumberParseException:
            return False
        return None if phonenumbers.is_possible_number(number) else False

    presidio.validate_result = validate
    return presidio


def _cards(pattern: "Pattern") -> "EntityRecognizer":
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer

    return CreditCardRecognizer(patterns=[pattern], name="CREDIT_CARD of other lengths")


def _offline(kind: Any) -> Any:  # noqa: ANN401
    """Presidio's e-mail recogniser with the suffix list that tldextract brings along."""
    import tldextract

    suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    @functools.lru_cache(maxsize=1 << 14)
    def registered(address: str) -> bool:
        return bool(suffixes(address).fqdn)

    class OfflineEmailRecognizer(kind):  # type: ignore[misc]
        def validate_result(self, pattern_text: str) -> bool:
            return registered(pattern_text)

    return OfflineEmailRecognizer


def _plain(presidio: Any) -> Recogniser:  # noqa: ANN401
    """One whose needles are its own patterns."""
    case = not presidio.global_regex_flags & re.IGNORECASE
    return _with(presidio, [(pattern.regex.encode(), case) for pattern in presidio.patterns])


def _with(
    presidio: Any,  # noqa: ANN401
    needles: Iterable[bytes | tuple[bytes, bool]],
    alphabet: bytes | None = None,
    width: int | None = None,
) -> Recogniser:
    beyond = 0
    if width is None:
        width = 0 if alphabet else max(longest(pattern.regex) for pattern in presidio.patterns)
    else:
        beyond = width
    pairs = tuple(needle if isinstance(needle, tuple) else (needle, False) for needle in needles)
    entity = presidio.supported_entities[0]
    return Recogniser(entity, presidio, pairs, alphabet, width, beyond, _compiled(presidio))


def _compiled(presidio: Any) -> tuple[tuple[Any, float], ...]:  # noqa: ANN401
    import regex
    from presidio_analyzer import PatternRecognizer

    if type(presidio).analyze is not PatternRecognizer.analyze:
        return ()
    flags = presidio.global_regex_flags
    return tuple((regex.compile(pattern.regex, flags), pattern.score) for pattern in presidio.patterns)


def longest(regex: str) -> int:
    """Most characters that a match of `regex` can have.

    Raises:
        ValueError: there is no bound.
    """
    from re import _parser  # type: ignore[attr-defined]

    width = int(_parser.parse(regex).getwidth()[1])
    if width > 1 << 16:
        raise ValueError(f"no bound on the length of {regex!r}")
    return width
