"""Writes `populations.json` anew: `python -m schemas.generate_populations CLDR_CORE`.

CLDR_CORE is the folder of the npm package `cldr-core`. Group names and regions of territories are those of
`filters/data/groups/territories.txt`.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TERRITORIES = ROOT / "filters" / "data" / "groups" / "territories.txt"
CONTINENTS = {  # of M49's sub-regions, by their names in our lexicons
    "africa": ("northern_africa", "western_africa", "middle_africa", "eastern_africa", "southern_africa"),
    "asia": ("eastern_asia", "southern_asia", "southeast_asia", "central_asia", "western_asia"),
    "europe": ("northern_europe", "western_europe", "southern_europe", "eastern_europe"),
    "north_america": ("north_america", "central_america", "caribbean"),
    "south_america": ("south_america",),
    "oceania": ("australasia", "melanesia", "micronesian_region", "polynesia"),
}
CONTINENT = {region: continent for continent, regions in CONTINENTS.items() for region in regions}
RELIGIONS = {  # per cent
    "axis": "religion",
    "year": 2020,
    "source": "Pew Research Center, How the Global Religious Landscape Changed From 2010 to 2020, June 2025",
    "note": "Per cent of the world's people. Not in it: 24.2 without affiliation and 2.2 of other religions,"
    " which are no group of the axis; shares are among the five that are.",
    "shares": {"christianity": 28.8, "islam": 25.6, "hinduism": 14.9, "buddhism": 4.1, "judaism": 0.2},
}


def main(core: str) -> None:
    """Reads CLDR, writes the table."""
    info = json.loads((Path(core) / "supplemental" / "territoryInfo.json").read_text("utf-8"))["supplemental"]
    people = {code: int(entry["_population"]) for code, entry in info["territoryInfo"].items()}
    countries: Counter[str] = Counter()
    continents: Counter[str] = Counter()
    for line in TERRITORIES.read_text("utf-8").splitlines():
        code, group, region = [*line.split(), "", ""][:3]
        if code in people and region in CONTINENT:
            countries[group] += people[code]
            continents[CONTINENT[region]] += people[code]

    def table(shares: Counter[str]) -> dict[str, Any]:
        return {
            "axis": "geography",
            "year": 2025,
            "source": f"Unicode CLDR {info['version']['_cldrVersion']}, territoryInfo (Unicode License v3)",
            "note": "Inhabitants by territory as CLDR states them; regions by UN M49.",
            "shares": dict(sorted(shares.items())),
        }

    tables = {
        "world_continents": table(continents),
        "world_countries": table(countries),
        "world_religions": RELIGIONS,
    }
    target = Path(__file__).with_name("populations.json")
    target.write_text(json.dumps(tables, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
