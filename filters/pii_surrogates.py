"""What replaces a match: its placeholder, or a keyed surrogate.

A surrogate follows from value and key by HMAC-SHA-256: the same value gives the same surrogate everywhere,
two keys give surrogates that nobody can link. It comes from a range that is reserved for examples, so that it
is nobody's:

e-mail   example.com, .org, .net (RFC 2606)
phone    555-01xx in North America, 020 7946 0xxx (Ofcom), 01 99 00 xx xx (Arcep), 030 23125 xxx (BNetzA),
         02 5550 xxxx (ACMA); by the country of the number, else North America
IP       192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737), 2001:db8::/32 (RFC 3849)
MAC      00-00-5E-00-53-xx (RFC 7042)
card     9999 ...: no issuer has it (ISO/IEC 7812)
IBAN     XX: no country has it (ISO 3166)
SSN      000-xx-xxxx: never issued

Whatever has no such range becomes its placeholder with a keyed tag, `<US_PASSPORT:1f0c9a44>`. A surrogate of
a surrogate is itself.
"""

import functools
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Sequence
from typing import Any

from filters import pii_spellings
from schemas import pii_key
from schemas.errors import UserError
from schemas.parameters import Pii

GIVEN = (
    "ada alex amal amina andrea ari asha bao bela blanca chidi dana dao elif emeka eva femi goran hana "
    "hugo ines ivan jia jonas juan kaya kemal kiran lan leila lena luca maria mei mika mina mohan nadia "
    "naomi nia noor olga omar pavel priya ravi rosa sami sana sara sofia tariq tomas uma vera wei yara "
    "yuki zainab zoe"
)
FAMILY = (
    "abe adeyemi ali alvarez asante bauer berg bianchi chen costa cruz diaz dubois eze farah fischer "
    "garcia haddad hansen hassan horvat ito ivanova jensen kaur khan kim kowalski kumar larsen lee "
    "lopez lund mensah meyer mori moreau nagy nguyen novak okafor olsen osman patel peeters petrov popa "
    "rahman reyes rossi sato silva singh smith suzuki tanaka torres wang weber yilmaz zhang"
)
AREAS = (202, 206, 212, 303, 305, 312, 404, 415, 503, 512, 602, 617, 702, 713, 808, 901)
OWN_EMAIL = re.compile(r"([a-z]+\.[a-z]+\d{4})(\d{4})@example\.(?:com|org|net)")
RESERVED_PHONE = re.compile(
    r"1?\d{3}55501\d\d|(?:44|0)2079460\d{3}|(?:33|0)19900\d{4}|(?:49|0)3023125\d{3}|(?:61|0)25550\d{4}"
)
OWN = {
    "MAC_ADDRESS": re.compile(r"00[:.-]?00[:.-]?5E[:.-]?00[:.-]?53[:.-]?[0-9A-F]{2}", re.IGNORECASE),
    "CREDIT_CARD": re.compile(r"(?:9[ -]*){4}[\d -]*"),
}
# What no other entity could have meant either: behind `api_key=` an account's surrogate is a key's form.
OWN_ANYWHERE = re.compile(
    r"<[A-Z_]+:[0-9a-f]{8}>|XX\d{18}|000-\d\d-\d{4}|(?:9[ -]?){4}(?:\d[ -]?){8,14}\d"
    r"|00([:.-]?)00\1?5E\1?00\1?53\1?[0-9A-F]{2}|(?:\+1 )?\d{3}-555-01\d\d"
)
RESERVED_NETS = [
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


class Draw:
    """Digits that follow from key, entity and value."""

    def __init__(self, key: bytes, entity: str, value: str) -> None:
        self.left = int.from_bytes(hmac.digest(key, f"{entity}\0{value}".encode(), hashlib.sha256))

    def below(self, count: int) -> int:
        """0 to count - 1."""
        self.left, drawn = divmod(self.left, count)
        return drawn

    def of(self, choices: Sequence[Any]) -> Any:  # noqa: ANN401
        """One of the choices."""
        return choices[self.below(len(choices))]

    def digits(self, count: int) -> str:
        """So many decimal digits."""
        return f"{self.below(10**count):0{count}d}"


def replacement(entity: str, value: str, parameters: Pii) -> str:
    """What stands in for `value`; the value itself where it is a surrogate already."""
    if parameters.actions.get(entity, parameters.action) == "placeholder":  # type: ignore[call-overload]
        return f"<{entity}>"
    key = _key(parameters.key_file, parameters.key_env, parameters.key_fingerprint)
    return surrogate(entity, value, key, parameters.phone_regions)


@functools.lru_cache(maxsize=4)
def _key(key_file: str | None, key_env: str | None, fingerprint: str | None) -> bytes:
    try:
        key = pii_key.read(key_file, key_env)
    except ValueError as error:
        raise UserError(f"`pii`: the key of the surrogates: {error}") from error
    if fingerprint is not None and pii_key.fingerprint(key) != fingerprint:
        raise UserError(
            f"`pii`: the key has fingerprint {pii_key.fingerprint(key)}, the config's had {fingerprint}",
            "give the same key",
        )
    return key


def surrogate(entity: str, value: str, key: bytes, regions: tuple[str, ...] = ("US",)) -> str:
    """The keyed surrogate of a value, however it is written; of a surrogate, itself."""
    if OWN_ANYWHERE.fullmatch(value) or (entity in OWN and OWN[entity].fullmatch(value)):
        return value
    same = pii_spellings.normal(entity, value, regions)
    draw = Draw(key, entity, same)
    tag = f"<{entity}:{Draw(key, 'tag', f'{entity} {same}').below(16**8):08x}>"
    match entity:
        case "EMAIL_ADDRESS":
            return _email(value, draw, key)
        case "PHONE_NUMBER":
            return _phone(value, same, draw)
        case "IP_ADDRESS":
            return _ip(value, draw) or tag
        case "MAC_ADDRESS":
            sign = next((sign for sign in ":-." if sign in value), ":")
            byte = f"{draw.below(256):02X}"
            return f"0000.5E00.53{byte}" if sign == "." else sign.join(["00", "00", "5E", "00", "53", byte])
        case "CREDIT_CARD":
            return _refilled(value, "9999" + draw.digits(24)) or tag
        case "IBAN_CODE":
            account = draw.digits(16)
            check = 98 - int(account + "333300") % 97  # XX is 33 33
            return f"XX{check:02d}{account}"
        case "US_SSN":
            return f"000-{draw.below(99) + 1:02d}-{draw.below(9999) + 1:04d}"
        case _:
            return tag


def _email(value: str, draw: Draw, key: bytes) -> str:
    def check(local: str) -> str:
        return Draw(key, "check", local).digits(4)

    own = OWN_EMAIL.fullmatch(value)
    if own and check(own[1]) == own[2]:
        return value
    local = f"{draw.of(GIVEN.split())}.{draw.of(FAMILY.split())}{draw.digits(4)}"
    return f"{local}{check(local)}@example.{draw.of(('com', 'org', 'net'))}"


def _phone(value: str, same: str, draw: Draw) -> str:
    """With the country code where the number tells it, by itself or by its region."""
    import phonenumbers

    if RESERVED_PHONE.fullmatch(pii_spellings.digits(value)):
        return value
    code = None
    if same.startswith("+"):
        code = phonenumbers.parse(same.partition(";")[0]).country_code
    national = {
        44: ("20 7946 0", 3), 33: ("1 99 00 ", 4), 49: ("30 23125 ", 3), 61: ("2 5550 ", 4),
    }.get(code or 1)  # fmt: skip
    if national is not None:
        head, count = national
        return f"+{code} {head}{draw.digits(count)}"
    return f"{'+1 ' if code else ''}{draw.of(AREAS)}-555-01{draw.digits(2)}"


def _ip(value: str, draw: Draw) -> str | None:
    """None for what is no address: several matches that overlap."""
    address, slash, prefix = value.partition("/")
    try:
        plain = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if any(plain in net for net in RESERVED_NETS if net.version == plain.version):
        return value
    if plain.version == 4:
        net = RESERVED_NETS[draw.below(3)]
        return f"{net.network_address + 1 + draw.below(254)}{slash}{prefix}"
    return (
        f"{RESERVED_NETS[3].network_address + (draw.below(2**92) << 4) + 1 + draw.below(15)}{slash}{prefix}"
    )


def _refilled(value: str, digits: str) -> str | None:
    """`value` with its digits replaced, signs between them kept; None for what is not written as a card."""
    if not re.fullmatch(r"\d[\d -]*\d", value) or sum(c.isdigit() for c in value) > len(digits):
        return None
    left = iter(digits)
    return "".join(next(left) if c.isdigit() else c for c in value)
