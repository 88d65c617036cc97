"""Spellings of one value that mean the same: they share a surrogate."""

import ipaddress
import re

from filters.pii_patterns import AT, DOT

# Letters, case and signs of these count.
EXACT = {"API_KEY", "PRIVATE_KEY", "URL_CREDENTIALS", "CRYPTO", "PERSON", "LOCATION", "ORGANIZATION"}


def normal(entity: str, value: str, regions: tuple[str, ...]) -> str:
    """One spelling for all: no separators, one case, the country code of a phone number.

    Args:
        entity: what the value is.
        value: as it stands in the text.
        regions: in whose order a phone number without a country code is read.
    """
    match entity:
        case "EMAIL_ADDRESS":
            return re.sub(DOT, ".", re.sub(AT, "@", value)).lower()
        case "PHONE_NUMBER":
            return _phone(value, regions) or plain(value)
        case "IP_ADDRESS":
            return _address(value)
        case _:
            return value if entity in EXACT else plain(value)


def plain(value: str) -> str:
    """Letters and digits, in capitals, the digits as ASCII has them."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in value if c.isalnum()).upper()


def digits(value: str) -> str:
    """The digits alone."""
    return "".join(str(int(c)) for c in value if c.isdecimal())


def _phone(value: str, regions: tuple[str, ...]) -> str | None:
    """E.164 and the extension, by the first region where the number is valid, else possible."""
    import phonenumbers

    read = []
    for region in regions or (None,):
        try:
            read.append(phonenumbers.parse(value, region))
        except phonenumbers.NumberParseException:
            continue
    for accepts in (phonenumbers.is_valid_number, phonenumbers.is_possible_number):
        for number in read:
            if accepts(number):
                e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                return f"{e164};{number.extension}" if number.extension else e164
    return None


def _address(value: str) -> str:
    address, slash, prefix = value.partition("/")
    try:
        return f"{ipaddress.ip_address(address)}{slash}{prefix}"
    except ValueError:
        return value.lower()
