"""Samples: of each rule and group the removed documents of lowest doc_id, however the parts are cut."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from pipelines import samples
from tests.pipelines import corpora
from tests.pipelines.running import config, curate_directly, rows

GROUPS = ["gender/women", "geography/nigeria", "religion/islam"]


def expected(documents: list[dict[str, Any]]) -> set[str]:
    """doc_ids of the twenty lowest of each rule and group, without arrays."""
    cells: dict[tuple[str, str], list[str]] = {}
    for document in documents:
        for group in document["groups"] or [""]:
            cells.setdefault((document["rule"], group), []).append(document["doc_id"])
    return {name for ids in cells.values() for name in sorted(ids)[: samples.PER_RULE_AND_GROUP]}


DOCUMENTS = st.lists(
    st.tuples(st.sampled_from(["a/1", "b/1"]), st.sets(st.sampled_from(GROUPS))), max_size=200
).map(
    lambda drawn: [
        {"doc_id": xxhash.xxh3_128_hexdigest(str(i).encode()), "rule": rule, "groups": sorted(groups)}
        for i, (rule, groups) in enumerate(drawn)
    ]
)
NAMES = pa.schema([samples.CANDIDATES.field(name) for name in samples.NAMES])


@given(DOCUMENTS, st.integers(0, 200))
def test_the_fewest_are_the_same_for_any_cut_and_order(documents: list[dict[str, Any]], cut: int) -> None:
    def fewest(rows: list[dict[str, Any]]) -> pa.Table:
        return samples.fewest(pa.Table.from_pylist(rows, NAMES))

    shuffled = random.Random(cut).sample(documents, len(documents))
    parts = pa.concat_tables([fewest(shuffled[:cut]), fewest(shuffled[cut:])])
    for found in (fewest(documents), samples.fewest(parts)):
        assert set(found["doc_id"].to_pylist()) == expected(documents)


def test_a_snapshot_has_the_samples_of_each_rule_and_group(tmp_path: Path) -> None:
    draw = random.Random(3)
    said = ["A woman from Nigeria spoke.", "The Muslim community met.", "Nothing of the kind."]
    kept = [
        {"id": str(i), "text": f"{draw.choice(said)} {corpora.sentence(draw)}"} for i in range(300)
    ]  # too short for Gopher's rules
    source = corpora.write_jsonl(tmp_path / "corpus" / "a.jsonl", kept)
    outcome = curate_directly(
        config([source], ["filters=[gopher_quality]", "output.shard_bytes=65536"]), tmp_path / "out"
    )
    removed = [row for row in rows(outcome.path) if row["verdict"] == "drop"]
    assert len(removed) > 200
    table = pq.read_table(Path(outcome.path, "samples", "removed.parquet"))
    assert table.schema.equals(samples.SAMPLES)
    assert set(table["doc_id"].to_pylist()) == expected(removed)
    texts = {row["id"]: row["text"] for row in kept}
    assert all(row["text"] == texts[row["source_id"]] for row in table.to_pylist())


def test_what_is_drawn_is_scrubbed_across_its_cut(tmp_path: Path) -> None:
    filler = "word " * (samples.CHARS // 5 - 2)
    text = f"{filler}jane.doe@example.com and more of it"
    assert text.index("@") < samples.CHARS < text.index(" and")
    source = corpora.write_jsonl(tmp_path / "a.jsonl", [{"id": "1", "text": text}])
    outcome = curate_directly(config([source], ["filters=[gopher_repetition, pii]"]), tmp_path / "out")
    (sample,) = pq.read_table(Path(outcome.path, "samples", "removed.parquet")).to_pylist()
    assert (sample["verdict"], len(sample["text"])) == ("drop", samples.CHARS)
    assert "jane" not in sample["text"]
