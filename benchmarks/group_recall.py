"""How many known mentions of groups the lexicons find: `python -m benchmarks.group_recall SHARED/data/eval`.

Each set names a group in each of its texts; a text counts as found when `filters.groups.mentions` has that
group (sets by group) or any group of the axis (HolisticBias, which has finer descriptors than our groups).
The lexicons were written without the sets; what a first run of this script missed in general was then added,
but for the two sets marked `*`, which nobody looked into. Prints a table in Markdown, and on standard error
what was missed.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from filters import groups

# (set, axis, text, language, groups of which one must be found; `axis/` alone: any group of it)
Item = tuple[str, str, str, str, tuple[str, ...]]

RACES = {
    "Black": ("black",),
    "African American": ("black",),
    "Asian": ("asian",),
    "Hispanic": ("hispanic_latino",),
    "Latino": ("hispanic_latino",),
    "Native American": ("native_american",),
    "Arab": ("arab",),
    "White": ("white",),
    "Roma": ("roma",),
    "Caucasian": ("white",),
}
BBQ = {
    "Race_ethnicity": {race: tuple(f"race_ethnicity/{g}" for g in found) for race, found in RACES.items()},
    "Religion": {
        "Muslim": ("religion/islam",),
        "Christian": ("religion/christianity",),
        "Atheist": ("religion/atheism",),
        "Jewish": ("religion/judaism",),
        "Hindu": ("religion/hinduism",),
        "Mormon": ("religion/mormonism",),
        "Catholic": ("religion/catholicism",),
        "Protestant": ("religion/protestantism",),
        "Sikh": ("religion/sikhism",),
        "Buddhist": ("religion/buddhism",),
    },
    "Sexual_orientation": {
        name: (f"sexual_orientation/{ours}",)
        for name, ours in {
            "gay": "gay",
            "bisexual": "bisexual",
            "lesbian": "lesbian",
            "pansexual": "pansexual",
            "straight": "heterosexual",
        }.items()
    },
    "Disability_status": {"disabled": ("disability/",)},
    "Age": {"old": ("age/older_adults", "age/middle_aged")},
    "Gender_identity": {
        "man": ("gender/men",),
        "woman": ("gender/women",),
        "boy": ("gender/men",),
        "girl": ("gender/women",),
        "trans": ("gender/transgender",),
        "trans_M": ("gender/transgender",),
        "trans_F": ("gender/transgender",),
    },
}
TOXIGEN = {
    "asian": ("race_ethnicity/asian", "geography/asia"),
    "bisexual": ("sexual_orientation/bisexual",),
    "black": ("race_ethnicity/black",),
    "chinese": ("geography/china",),
    "jewish": ("religion/judaism",),
    "latino": ("race_ethnicity/hispanic_latino",),
    "lgbtq": (
        "sexual_orientation/lgbtq",
        "sexual_orientation/gay",
        "sexual_orientation/lesbian",
        "gender/transgender",
    ),
    "mental_disability": ("disability/",),
    "mexican": ("geography/mexico",),
    "middle_east": ("geography/western_asia", "race_ethnicity/arab"),
    "muslim": ("religion/islam",),
    "native_american": ("race_ethnicity/native_american", "race_ethnicity/indigenous"),
    "physical_disability": ("disability/",),
    "women": ("gender/women",),
}
HOLISTIC = {
    "ability": "disability",
    "age": "age",
    "nationality": "geography",
    "race_ethnicity": "race_ethnicity",
    "religion": "religion",
    "sexual_orientation": "sexual_orientation",
    "socioeconomic_class": "socio_economic_status",
}
CROWS = {
    "age": "age",
    "disability": "disability",
    "gender": "gender",
    "nationality": "geography",
    "race-color": "race_ethnicity",
    "religion": "religion",
    "sexual-orientation": "sexual_orientation",
    "socioeconomic": "socio_economic_status",
}
TRANSLATIONS = {
    "deu": "de",
    "fra": "fr",
    "spa": "es",
    "por": "pt",
    "ita": "it",
    "jpn": "ja",
    "zho": "zh",
    "ara": "ar",
}


def items(folder: Path) -> Iterator[Item]:
    """Every text with the group that it names."""
    yield from _bbq(folder / "bbq/data")
    yield from _countries(folder / "countries/countries.json")
    for path in sorted((folder / "toxigen/prompts").glob("*.txt")):
        found = TOXIGEN.get(path.stem.partition("_")[2].removesuffix("_1k"))
        if found:
            statements = path.read_text("utf-8", "replace").replace("\\n", "\n").splitlines()
            for statement in sorted({text.strip("- ") for text in statements} - {""}):
                yield "ToxiGen statements", found[0].partition("/")[0], statement, "en", found
    with (folder / "crows_pairs/data/crows_pairs_anonymized.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            axis = CROWS.get(row["bias_type"])
            if axis:
                yield "CrowS-Pairs sentences *", axis, row["sent_more"], "en", (f"{axis}/",)
    with (folder / "seegull/dataset/stereotypes_global_v2.csv").open(encoding="utf-8") as lines:
        for people in sorted({row["identity"] for row in csv.DictReader(lines)}):
            yield (
                "SeeGULL nationalities *",
                "geography",
                f"They know many {people} people.",
                "en",
                ("geography/",),
            )
    yield from _holistic(folder / "responsiblenlp/holistic_bias/dataset/v1.1/descriptors.json")


def _bbq(folder: Path) -> Iterator[Item]:
    for category, known in BBQ.items():
        axis = next(iter(known.values()))[0].partition("/")[0]
        seen = set()
        path = next(folder.glob(f"{category}.jsonl*"))
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            for record in map(json.loads, lines):
                for answer in ("ans0", "ans1", "ans2"):
                    found = known.get(record["answer_info"][answer][-1])
                    text = record["context"]
                    if found and record["context_condition"] == "ambig" and (text, found) not in seen:
                        seen.add((text, found))
                        yield "BBQ contexts", axis, text, "en", found


def _countries(path: Path) -> Iterator[Item]:
    ours = {}
    for line in (
        (Path(groups.__file__).parent / "data/groups/territories.txt").read_text("utf-8").splitlines()
    ):
        if not line.startswith("#"):
            code, group, _ = line.split()
            ours[code] = f"geography/{group}"
    for country in json.loads(path.read_text("utf-8")):
        group = ours.get(country["cca2"])
        if group is None:
            continue
        name = country["name"]["common"]
        yield "names of countries", "geography", f"They have lived in {name} for years.", "en", (group,)
        demonym = country["demonyms"].get("eng", {}).get("m")
        if demonym and country["unMember"]:
            yield "demonyms, UN members", "geography", f"She met a {demonym} teacher.", "en", (group,)
        for code, language in TRANSLATIONS.items():
            own = country["translations"].get(code)
            if own:
                yield f"names of countries, {language}", "geography", own["common"], language, (group,)


def _holistic(path: Path) -> Iterator[Item]:
    for axis, ours in HOLISTIC.items():
        for bucket in json.loads(path.read_text("utf-8"))[axis].values():
            for entry in bucket:
                descriptor = entry if isinstance(entry, str) else entry["descriptor"]
                for noun in ("person", "woman"):
                    text = f"My neighbour is a {descriptor} {noun}, and we get on well."
                    yield "HolisticBias descriptors", ours, text, "en", (f"{ours}/",)


def main() -> None:
    """Print recall by set and axis."""
    known = list(items(Path(sys.argv[1])))
    text, language = pa.array([item[2] for item in known]), pa.array([item[3] for item in known])
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    missed = csv.writer(sys.stderr)
    for item, got in zip(known, groups.mentions(text, language).to_pylist(), strict=True):
        name, axis, words, _, wanted = item
        hit = any(w in got or (w.endswith("/") and any(g.startswith(w) for g in got)) for w in wanted)
        found[name, axis].append(hit)
        if not hit:
            missed.writerow([name, axis, words, *wanted])
    print("| set | axis | texts | found |\n| --- | --- | --- | --- |")
    for (name, axis), hits in found.items():
        print(f"| {name} | {axis} | {len(hits)} | {100 * sum(hits) / len(hits):.1f} % |")


if __name__ == "__main__":
    main()
