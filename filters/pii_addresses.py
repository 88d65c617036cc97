"""Validators of addresses of machines: sections, versions and code that look like one."""

import ipaddress
import re

from filters.pii_match import Match, explained
from filters.pii_scripts import continues

NUMBERED = re.compile(
    r"(?:\b(?:version|versions|ver|release|releases|section|sections|sec|chapter|article|clause|paragraph|para"
    r"|appendix|annex|figure|fig|table|rule|oid|build|revision|rev|firmware|kernel|driver|update|patch)"
    r"|(?<![^\W_])v|§|¶|[<>]=?)[ .:#-]{0,3}\Z",
    re.IGNORECASE,
)
SMALL = 30  # parts of section numbers and versions are seldom larger


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
    return all(0 < part <= SMALL for part in parts) and not explained(match)


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


def longer_address(value: str, before: str, after: str) -> bool:
    """A stretch of a longer dotted list or of hex words."""
    if len(before) == 2 and before[0].isdigit() and before[1] == ".":
        return True
    if ":" in value and before[-1:] == ":" and continues(before[:1]):
        return True
    return len(after) == 2 and after[0] == "." and after[1].isdigit()
