"""The country that a document's web address is registered in, by its country-code domain.

Of a host `news.example.co.ke`, `.ke` says Kenya. It says where a name was registered, not who wrote or who
reads; most hosts have a generic domain (`.com`, `.org`), which says nothing. The domains of some small
countries are sold all over the world for what they spell (WORLDWIDE): they count for the country only below
a second level that registries keep for a country's own bodies (`gov.me`, `com.co`).
"""

import functools

import pyarrow as pa
import pyarrow.compute as pc

from filters.group_lexicons import territories

HOST = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?P<host>[^/?#:]+)"
LAST = r"\.(?P<top>[^.]+)\.?$"
UNKNOWN = "unknown"  # the domain names no country
# Domains that are not their country's ISO 3166 code.
OTHER_CODES = {"uk": "GB"}
WORLDWIDE = ["ai", "as", "bz", "cc", "co", "fm", "gg", "io", "la", "ly", "me", "nu", "pw", "sh", "st", "tk"]
WORLDWIDE += ["to", "tv", "vc", "ws"]
OWN = r"\.(?:ac|co|com|edu|go|gob|gouv|gov|mil|net|org|sch)\.[^.]+\.?$"
# Domains in other scripts (IANA), with the ISO 3166 code.
OTHER_SCRIPTS = {
    "рф": "RU",
    "укр": "UA",
    "бел": "BY",
    "қаз": "KZ",
    "мон": "MN",
    "срб": "RS",
    "мкд": "MK",
    "бг": "BG",
    "ελ": "GR",
    "გე": "GE",
    "հայ": "AM",
    "中国": "CN",
    "中國": "CN",
    "香港": "HK",
    "澳門": "MO",
    "台湾": "TW",
    "台灣": "TW",
    "新加坡": "SG",
    "சிங்கப்பூர்": "SG",
    "한국": "KR",
    "ไทย": "TH",
    "ලංකා": "LK",
    "இலங்கை": "LK",
    "বাংলা": "BD",
    "भारत": "IN",
    "ভারত": "IN",
    "భారత్": "IN",
    "ભારત": "IN",
    "ਭਾਰਤ": "IN",
    "இந்தியா": "IN",
    "بھارت": "IN",
    "پاکستان": "PK",
    "ایران": "IR",
    "عراق": "IQ",
    "عمان": "OM",
    "قطر": "QA",
    "مصر": "EG",
    "تونس": "TN",
    "سودان": "SD",
    "سورية": "SY",
    "فلسطين": "PS",
    "الاردن": "JO",
    "المغرب": "MA",
    "الجزائر": "DZ",
    "السعودية": "SA",
    "امارات": "AE",
}


def hosts(url: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """Host of each URL, in lower case, without user and port; null where there is none."""
    found = pc.utf8_lower(pc.struct_field(pc.extract_regex(url, HOST), "host"))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def of_hosts(host: pa.StringArray) -> pa.StringArray:
    """Country of each host, a group of `geography` without the axis; UNKNOWN; null for null."""
    top = pc.struct_field(pc.extract_regex(host, LAST), "top").dictionary_encode()
    labels = top.dictionary.to_pylist()
    names = pa.array([countries().get(label, UNKNOWN) for label in labels], pa.string())
    found = names.take(top.indices).fill_null(UNKNOWN)
    sold = pc.is_in(top, pa.array(WORLDWIDE))
    if pc.any(sold).as_py():
        found = pc.if_else(pc.and_(sold, pc.invert(pc.match_substring_regex(host, OWN))), UNKNOWN, found)
    return pc.if_else(pc.is_valid(host), found, pa.scalar(None, pa.string()))


@functools.cache
def countries() -> dict[str, str]:
    """Country of each country-code domain, in lower case; those in other scripts as written and encoded."""
    by_code = territories()
    found = {code.lower(): group for code, group in by_code.items() if code not in OTHER_CODES.values()}
    found |= {domain: by_code[code] for domain, code in {**OTHER_CODES, **OTHER_SCRIPTS}.items()}
    return found | {domain.encode("idna").decode(): by_code[code] for domain, code in OTHER_SCRIPTS.items()}
