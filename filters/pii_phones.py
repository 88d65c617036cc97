"""Phone numbers: where phonenumbers, which Presidio asks region by region, can find one at all.

phonenumbers looks at runs of digits with at most four signs between two of them, and accepts what is a valid
number of the region. Its patterns of valid numbers are data. So a run is worth a look only if a stretch of it
that begins and ends at groups of digits matches one of them, behind what may stand before it: country code,
trunk prefix, international prefix. This is a condition that each number it finds meets, not a decision.
"""

import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schemas.errors import UserError

LEAST_DIGITS = 4  # of the shortest number in phonenumbers' data: German pagers
MOST_DIGITS = (
    28  # of the longest, 17, behind an international prefix, a carrier's, a country code and a trunk's
)
LEAST_INTERNATIONAL = 6  # with the country code: Austrian numbers of four
# A run beyond these is a table of figures. Numbers side by side that are written with a country code or as
# Americans do are found in it all the same, by patterns of ours.
LONGEST_RUN, MOST_GROUPS, MOST_SHORT_GROUPS = 400, 42, 12
LONGEST = 20  # digits of a block that phonenumbers looks at; it cuts longer ones
GROUP = re.compile(rb"[0-9]+")
# What may follow the number: an extension, behind any white space.
EXTENSION = re.compile(rb"[ \t,~]*(?:;ext=|[a-z_~#\x7f]{0,12})[:.~]?[ \t,\-~]*[0-9]{0,20}#?", re.IGNORECASE)
BEFORE_EXTENSION = re.compile(rb"[0-9][ \t,~]*(?:;ext=|[a-z_~#\x7f]{1,12})[:.~]?[ \t,\-~]*\Z", re.IGNORECASE)
# What phonenumbers takes for numbers: dates, time stamps and spans of years; internet addresses and decimals.
DATE = (
    r"\(?(?:"
    r"(?:0?[1-9]|[12]\d|3[01])[./ -](?:0?[1-9]|[12]\d|3[01])[./ -](?:1[89]|20)?\d\d"
    r"|(?:1[89]|20)\d\d[./ -]?(?:0?[1-9]|1[0-2])[./ -]?(?:0?[1-9]|[12]\d|3[01])(?:[ .T-]\d{1,6})?"
    r"|(?:1[5-9]|20)\d\d ?[-–/ ] ?(?:1[5-9]|20)\d\d"
    r"|(?:1[5-9]|20)\d\d\)[ ,:]{0,3}\d{1,4} ?[-–] ?\d{1,4}"  # a year and pages
    r")\)?"
)
PAIRS = r"0[1-9](?:\.\d\d){4}"  # as France writes its numbers
DOTTED = rf"[(\[]*(?!{PAIRS}[)\]]*\Z)(?:\d{{1,3}}(?:\.\d{{1,3}}){{3,}}(?:/\d+)?|\d+\.\d+)[)\]]*"
_DATE, _DOTTED = re.compile(DATE.replace("–", "~").encode()), re.compile(DOTTED.encode())
LEAD = 12  # characters of brackets and plus signs before the first digit, and one before them
PLAIN = (r"\1", r"\2", r"\3")  # transform rules that keep an end of the digits and add none
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager",
    "uan", "voicemail",
)  # fmt: skip


@dataclass(frozen=True)
class Region:
    """What numbers of a region look like.

    Attributes:
        name: ISO 3166 code.
        prefixed: matches the digits of its numbers behind a prefix.
        bare: matches those of its numbers without one.
        formats: phonenumbers' formats, which tell where the trunk prefix may be left out.
    """

    name: str
    prefixed: re.Pattern[bytes]
    bare: re.Pattern[bytes]
    formats: Any

    def has(self, digits: bytes, start: int, end: int) -> bool:
        """Whether digits[start:end] may be a number of the region."""
        if self.prefixed.fullmatch(digits, start, end):
            return True
        return bool(self.bare.fullmatch(digits, start, end)) and self._without_trunk(
            digits[start:end].decode()
        )

    def _without_trunk(self, number: str) -> bool:
        from phonenumbers.phonenumberutil import (
            _choose_formatting_pattern_for_number,
            _formatting_rule_has_first_group_only,
        )

        chosen: Any = _choose_formatting_pattern_for_number(self.formats, number)
        rule = chosen.national_prefix_formatting_rule if chosen is not None else None
        return (
            not rule
            or bool(chosen.national_prefix_optional_when_formatting)
            or _formatting_rule_has_first_group_only(rule)
        )


@functools.cache
def region(name: str) -> Region:
    """The region's numbers, from phonenumbers' metadata.

    Raises:
        UserError: phonenumbers does not know the region.
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    own: Any = PhoneMetadata.metadata_for_region(name)
    if own is None:
        raise UserError(f"`pii.phone_regions` names `{name}`, which is no region of phone numbers")
    sharing = COUNTRY_CODE_TO_REGION_CODE[own.country_code]
    patterns = set()
    for same_code in sharing:
        metadata = PhoneMetadata.metadata_for_region(same_code)
        for kind in _KINDS:
            description = getattr(metadata, kind)
            if description is not None and description.national_number_pattern:
                patterns.add(description.national_number_pattern)
    number = f"(?:{'|'.join(sorted(patterns))})"
    code, trunk = str(own.country_code), own.national_prefix_for_parsing or "(?!)"
    if own.national_prefix_transform_rule:  # what the prefix matches may hold the number's first digits
        trunk = r"\d{1,7}?"
        number = f"(?:{number}|\\d{{6,}})" if own.national_prefix_transform_rule not in PLAIN else number
    prefixes = f"(?:{trunk})(?:{code})?(?:{trunk})?|{code}(?:{trunk})?"
    international = (
        rf"(?:{own.international_prefix})[1-9]\d{{{LEAST_INTERNATIONAL - 1},}}"
        if own.international_prefix
        else "(?!)"
    )
    main: Any = PhoneMetadata.metadata_for_region(sharing[0])
    return Region(
        name,
        re.compile(f"{international}|(?:{prefixes}){number}".encode()),
        re.compile(number.encode()),
        main.number_format,
    )


@functools.cache
def _any(regions: tuple[str, ...]) -> re.Pattern[bytes]:
    patterns = [p.pattern for name in regions for p in (region(name).prefixed, region(name).bare)]
    return re.compile(b"|".join(b"(?:" + pattern + b")" for pattern in dict.fromkeys(patterns)))


def plausible(folded: bytes, first: int, last: int, begin: int, regions: tuple[str, ...]) -> tuple[str, ...]:
    """Regions that may have a number in the run of digits.

    Args:
        folded: folded text.
        first: offset of the first digit.
        last: offset behind the last digit.
        begin: where the document begins.
        regions: that are asked for.
    """
    if last - first > LONGEST_RUN:
        return regions[:1]  # a table
    found = _plausible(folded[first:last], regions)
    if not found and last - first >= LEAST_INTERNATIONAL and b"+" in folded[max(begin, first - LEAD) : first]:
        return regions[:1]  # behind a plus sign the region does not matter
    return found


@functools.lru_cache(maxsize=1 << 15)  # mostly years
def _plausible(run: bytes, regions: tuple[str, ...]) -> tuple[str, ...]:
    groups = GROUP.findall(run)
    digits = b"".join(groups)
    ends = list(itertools.accumulate(map(len, groups)))
    if max(map(len, groups)) > LONGEST or len(groups) > MOST_GROUPS:
        return regions
    number = _any(regions)
    spans = [
        (start, end)
        for i, start in enumerate((0, *ends[:-1]))
        for end in ends[i:]
        if LEAST_DIGITS <= end - start <= MOST_DIGITS and number.fullmatch(digits, start, end)
    ]
    if not spans:
        return ()
    return tuple(name for name in regions if any(region(name).has(digits, *span) for span in spans))


def other(run: bytes) -> str | None:
    """Name of the validator that refuses the run as a whole, so that phonenumbers need not look at it."""
    if len(run) > LONGEST_RUN:
        return "table"
    groups = GROUP.findall(run)
    if len(groups) > MOST_GROUPS or (len(groups) > MOST_SHORT_GROUPS and max(map(len, groups)) < 3):
        return "table"
    if _DOTTED.fullmatch(run):
        return "dotted"
    if _DATE.fullmatch(run):
        return "date"
    return "wrong_length" if len(groups) == 1 and len(run) > LONGEST else None


def extent(folded: bytes, first: int, last: int, begin: int, end: int) -> tuple[int, int]:
    """A run of digits with what belongs to it: signs before, an extension behind.

    Args:
        folded: folded text of the batch.
        first: offset of the first digit.
        last: offset behind the last digit.
        begin: where the document begins.
        end: where it ends.

    Returns:
        (start, stop) of the window.
    """
    start = max(begin, first - LEAD)
    if before := BEFORE_EXTENSION.search(folded, max(begin, first - 200), first):
        start = max(begin, before.start() - 64)  # the run may be the extension of a number before it
    tail = EXTENSION.match(folded, last, end)
    return start, min(end, (tail.end() if tail else last) + 1)


def merged(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Windows in order of their starts, those that touch joined."""
    joined: list[tuple[int, int]] = []
    for start, end in windows:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
