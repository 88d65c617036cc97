"""Precision of group mentions on labelled matches of real text, and the figures that the docs print of it.

`tests/answers/groups/labels.csv`: matches in `corpus/s30` by document id and characters, without the text; 1
where the reader judged, from the words around it, that the match refers to the group. Three samples, drawn at
different states of the lexicons; see docs/filters/groups.md.
"""

import csv
import math
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters import group_lexicons, groups

Label = dict[str, str]


@pytest.fixture(scope="module")
def labels(root: Path) -> list[Label]:
    with (root / "tests/answers/groups/labels.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/filters/groups.md").read_text("utf-8")


@pytest.fixture(scope="module")
def still_found(labels: list[Label], shared_data: Path) -> list[Label]:
    """Labelled matches that the lexicons of today find, in the same place and for the same group."""
    tables = [pq.read_table(path) for path in sorted((shared_data / "corpus/s30/parquet").glob("*.parquet"))]
    corpus = pa.concat_tables(tables)
    texts = dict(zip(corpus["id"].to_pylist(), corpus["text"].to_pylist(), strict=True))
    ids = sorted({(label["id"], label["language"]) for label in labels})
    text = pa.array([texts[i] for i, _ in ids])
    found = {
        (ids[row["row"]][0], row["start"], row["end"], row["group"])
        for row in groups.matches(text, pa.array([language for _, language in ids])).to_pylist()
    }
    return [r for r in labels if (r["id"], int(r["start"]), int(r["end"]), r["group"]) in found]


def right(label: Label) -> bool:
    """Both passes say so."""
    return label["first_pass"] == label["second_pass"] == "1"


def kappa(labels: list[Label]) -> float:
    """Cohen 1960, doi:10.1177/001316446002000104."""
    passes = [(label["first_pass"] == "1", label["second_pass"] == "1") for label in labels]
    agreed = sum(a == b for a, b in passes) / len(passes)
    first, second = (sum(p[k] for p in passes) / len(passes) for k in (0, 1))
    chance = first * second + (1 - first) * (1 - second)
    return (agreed - chance) / (1 - chance)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % score interval of a share."""
    z, p = 1.959964, hits / n
    middle, width = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - width) / (1 + z * z / n), (middle + width) / (1 + z * z / n)


def table(labels: list[Label]) -> list[str]:
    """Rows of Markdown: axis, matches, right, precision, interval."""
    by_axis: dict[str, list[bool]] = defaultdict(list)
    for label in labels:
        by_axis[label["group"].partition("/")[0]].append(right(label))
        by_axis["all"].append(right(label))
    rows = []
    for axis in (*groups.AXES, "all"):
        hits, n = sum(by_axis[axis]), len(by_axis[axis])
        low, high = wilson(hits, n)
        rows.append(f"| {axis} | {n} | {hits} | {100 * hits / n:.1f} | {100 * low:.1f} to {100 * high:.1f} |")
    return rows


def test_labels_are_of_known_groups_and_each_match_stands_once(labels: list[Label]) -> None:
    keys = [(r["sample"], r["id"], r["start"], r["end"], r["group"]) for r in labels]
    assert len(keys) == len(set(keys)) >= 1100
    assert {r["group"] for r in labels} <= set(group_lexicons.groups())
    assert not {"text", "context"} & labels[0].keys()


@pytest.mark.parametrize("sample", ["first", "second", "final"])
def test_the_page_prints_the_agreement_of_the_two_passes(sample: str, labels: list[Label], page: str) -> None:
    mine = [label for label in labels if label["sample"] == sample]
    assert f"| {sample} | {len(mine)} | {sum(map(right, mine))} | {kappa(mine):.3f} |" in page


@pytest.mark.parametrize("sample", ["second", "final"])
def test_the_page_prints_precision_by_axis_with_its_interval(
    sample: str, labels: list[Label], page: str
) -> None:
    rows = table([label for label in labels if label["sample"] == sample])
    assert "\n".join(rows) in page, "\n".join(rows)


def test_the_page_prints_what_the_lexicons_of_today_reach_on_the_same_matches(
    still_found: list[Label], page: str
) -> None:
    rows = table([label for label in still_found if label["sample"] == "final"])
    assert "\n".join(rows) in page, "\n".join(rows)


def test_at_least_nine_in_ten_labelled_matches_that_are_found_are_right(
    labels: list[Label], still_found: list[Label]
) -> None:
    later = [label for label in still_found if label["sample"] != "first"]
    assert sum(map(right, later)) / len(later) >= 0.9
    known_right = [label for label in labels if right(label)]
    assert len([label for label in still_found if right(label)]) / len(known_right) >= 0.95
