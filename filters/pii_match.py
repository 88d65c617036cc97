"""A match that a recogniser has found, the kinds of entities, and the words that explain a plain form."""

import re
from typing import NamedTuple

from filters import pii_context


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
# Fields of a link that hold numbers of people: `?tel=`, `&phone_number=`, `?cardNumber=`, `card[number]=`.
_OF = r"(?:[_\-\[]{0,2}(?:no|nr|num|number|id)\]?)?"
LINK_FIELD = re.compile(
    rf"(?:phone|tel|mobile|cell|whatsapp|wa\.me|ssn|sms|call){_OF}[=:/]{{1,2}}(?:\+|%2B)?\Z", re.IGNORECASE
)
ID_FIELD = re.compile(
    rf"(?:card|(?<![^\W_])(?:cc|pan|ccn|nhs|nino|nif|nie|nin|sin|tfn|pesel)|passport|aadhaar|social|tax|national)"
    rf"{_OF}=\Z",
    re.IGNORECASE,
)


def explained(match: Match) -> bool:
    """A word near the match says what it is."""
    own = "PASSPORT" if match.entity.endswith("PASSPORT") else match.entity
    words = tuple(word for word in match.context if word not in GENERIC and len(word) > 1)
    if own in ("PHONE_NUMBER", "US_SSN", "PASSPORT", "ZA_ID_NUMBER"):
        words = ()
    return pii_context.beside(
        match.text, match.start, match.end, pii_context.whole_words((*words, *WORDS.get(own, "").split(", ")))
    )
