"""Makes `territories.txt` and the names of territories by language, from the CLDR data that babel ships.

`python -m filters.data.groups.generate` writes them; `--check` only says which are not current. Countries are
named by their English CLDR names in snake case; which region holds a country is a fact of the United Nations'
list (M49), as CLDR uses it. A name that is also another word is left out here
(`LEFT_OUT`): the hand-written lexicon of the language says when it counts.
"""

import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from babel import Locale, __version__
from babel.core import get_cldr_version

HERE = Path(__file__).parent
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "ja", "pt", "zh")
VARIANTS = {
    "es": ("es_MX",),
    "pt": ("pt_PT",),
    "zh": ("zh_Hant",),
}  # whose names count beside the language's own

# ISO 3166 codes by M49 region: CLDR's territories without Antarctica and uninhabited islands.
REGIONS = {
    "northern_africa": "DZ EG LY MA SD TN EH",
    "western_africa": "BJ BF CV CI GM GH GN GW LR ML MR NE NG SH SN SL TG",
    "middle_africa": "AO CM CF TD CG CD GQ GA ST",
    "eastern_africa": "BI KM DJ ER ET KE MG MW MU YT MZ RE RW SC SO SS TZ UG ZM ZW",
    "southern_africa": "BW LS NA SZ ZA",
    "north_america": "BM CA GL PM US",
    "central_america": "BZ CR SV GT HN MX NI PA",
    "caribbean": "AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS PR BL KN LC MF VC SX TT TC VI",
    "south_america": "AR BO BR CL CO EC FK GF GY PY PE SR UY VE",
    "central_asia": "KZ KG TJ TM UZ",
    "eastern_asia": "CN HK MO JP MN KP KR TW",
    "southeast_asia": "BN KH ID LA MY MM PH SG TH TL VN",
    "southern_asia": "AF BD BT IN IR MV NP PK LK",
    "western_asia": "AM AZ BH CY GE IQ IL JO KW LB OM QA SA PS SY TR AE YE",
    "eastern_europe": "BY BG CZ HU MD PL RO RU SK UA",
    "northern_europe": "AX DK EE FO FI GG IS IE IM JE LV LT NO SE GB",
    "southern_europe": "AL AD BA HR GI GR IT XK MT ME MK PT SM RS SI ES VA",
    "western_europe": "AT BE FR DE LI LU MC NL CH",
    "australasia": "AU NZ NF CX CC",
    "melanesia": "FJ NC PG SB VU",
    "micronesian_region": "GU KI MH FM NR MP PW",
    "polynesia": "AS CK PF NU PN WS TK TO TV WF",
}
# Codes whose CLDR name is another word too, by language: the hand-written lexicon says when it counts.
LEFT_OUT = {
    "ar": "ML OM",
    "de": "MF RE SX",
    "en": "CL CN CU DM GE GG GN JE JO MF ML NE RE SX TD TG TR",
    "es": "MF RE SX",
    "fr": "MF RE SX",
    "hi": "ML",
    "it": "MF RE SX",
    "ja": "ML",
    "pt": "MF RE SX",
    "zh": "",
}
# Those that are another word in lower case only.
CASED = {
    "de": "ML NE",
    "es": "CL CU GE GN ML NE TD",
    "fr": "JE ML NE TG",
    "it": "CU GE GN ML NE TG",
    "pt": "CL ML NE PE",
}
REGION_NAMES = {
    "002": "africa",
    "003": "north_america",
    "005": "south_america",
    "009": "oceania",
    "011": "western_africa",
    "013": "central_america",
    "014": "eastern_africa",
    "015": "northern_africa",
    "017": "middle_africa",
    "018": "southern_africa",
    "029": "caribbean",
    "030": "eastern_asia",
    "034": "southern_asia",
    "035": "southeast_asia",
    "039": "southern_europe",
    "053": "australasia",
    "054": "melanesia",
    "057": "micronesian_region",
    "061": "polynesia",
    "142": "asia",
    "143": "central_asia",
    "145": "western_asia",
    "150": "europe",
    "151": "eastern_europe",
    "154": "northern_europe",
    "155": "western_europe",
    "202": "sub_saharan_africa",
    "419": "latin_america",
}


def snake_case(name: str) -> str:
    """`Côte d’Ivoire` -> `cote_d_ivoire`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def ways_to_write(name: str) -> list[str]:
    """A CLDR name, its parts and its plain form: `Myanmar (Burma)`, `St. Kitts & Nevis`, `Côte d’Ivoire`."""
    outer, inner = re.sub(r"\s*[(（][^)）]*[)）]", "", name), re.findall(r"[(（]([^)）]*)[)）]", name)
    names = [outer, *(part for part in inner if len(part) > 3 and not part.isupper())]
    if "St. " in name or " & " in name:
        names.append(outer.replace("St. ", "Saint ").replace(" & ", " and "))
    plain = [
        "".join(c for c in unicodedata.normalize("NFKD", part) if not unicodedata.combining(c))
        for part in names
        if re.search(r"[À-ɏ]", part)
    ]
    return [part.strip() for part in [*names, *plain] if part.strip()]


def territories() -> str:
    """`territories.txt`: code, group and region of each."""
    english = Locale("en").territories
    rows = sorted((code, region) for region, codes in REGIONS.items() for code in codes.split())
    lines = [f"{code} {snake_case(english[code])} {region}" for code, region in rows]
    return _head("Territories: ISO 3166 code, group, region (M49)") + "\n".join(lines) + "\n"


def names(language: str) -> str:
    """`geography.LANGUAGE.cldr.txt`."""
    english = Locale("en").territories
    own = [Locale.parse(tag).territories for tag in (language, *VARIANTS.get(language, ()))]
    left_out, cased = LEFT_OUT[language].split(), CASED.get(language, "").split()
    lines = []
    for number, group in REGION_NAMES.items():
        lines.append(f"{group}: {_ways(number, own)}")
    codes = sorted(code for codes in REGIONS.values() for code in codes.split() if code not in left_out)
    lines += [f"{snake_case(english[code])}: {_ways(code, own, '=' * (code in cased))}" for code in codes]
    return _head(f"Names of territories, `{language}`") + "\n".join(lines) + "\n"


def _ways(code: str, own: Sequence[Mapping[str, str]], mark: str = "") -> str:
    ways = [way for names in own if code in names for way in ways_to_write(names[code])]
    return "; ".join(mark + way for way in dict.fromkeys(ways))


def files() -> dict[str, str]:
    """Content by file name."""
    return {
        "territories.txt": territories(),
        **{f"geography.{code}.cldr.txt": names(code) for code in LANGUAGES},
    }


def _head(what: str) -> str:
    return (
        f"# {what}; CLDR {get_cldr_version()}, Unicode License v3.\n"
        f"# Written by generate.py from babel {__version__}; edit that, not this file.\n"
    )


def main() -> int:
    """Write or check the files."""
    stale = [
        name
        for name, text in files().items()
        if not (HERE / name).is_file() or (HERE / name).read_text("utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        sys.stdout.write("".join(f"not current: {name}\n" for name in stale))
        return 1 if stale else 0
    for name in stale:
        (HERE / name).write_text(files()[name], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
