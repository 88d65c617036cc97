"""Verdicts on changed text: which documents, which rules, and that any division into parts gives the same."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash

from audits import swaps
from audits.counterfactual import rows
from pipelines import counterfactual, storage
from pipelines.account import Policy, account
from pipelines.measure import STAGED, measure
from schemas.config import Config, Groups
from schemas.document import RECORD
from schemas.load import check

ENGLISH = (
    "The council of Abeokuta met on Tuesday and spoke about the price of water for hours. "
    "A nurse from Nigeria told us that she cycles to the clinic every day, and that her brother has a car. "
    "The library will be open until late, because the students of the town have asked for it. "
    "In the end the members agreed that a second bridge should be built, and that he would pay. "
    "It is not known whether the road will be mended before the winter, but many have signed number {i}."
)
TOXIC = "All women are stupid idiots and I hate them.\n"


def batch_of(texts: Sequence[str]) -> pa.RecordBatch:
    """`identify`'s rows of some texts."""
    n = len(texts)
    ids = pa.array([xxhash.xxh3_128_hexdigest(str(i).encode()) for i in range(n)])
    columns = {field.name: pa.nulls(n, field.type) for field in RECORD}
    columns |= {
        "position": pa.array(range(n), pa.int64()),
        "text": pa.array(texts, pa.string()),
        "doc_id": ids,
        "source_id": ids,
        "uri": pa.repeat("u", n),
        "source": pa.repeat("s", n),
        "order": pa.array(np.zeros(n, np.int32)),
    }
    return pa.RecordBatch.from_pydict(columns)


def staged_of(texts: Sequence[str], config: Config) -> pa.RecordBatch:
    """The texts, measured."""
    filters = tuple(name for name in config.filters if name not in counterfactual.BY_ALL)
    return measure(batch_of(texts), filters, config.parameters(), Groups())[0]


def policy_of(config: Config) -> Policy:
    return Policy(config.filters, config.parameters(), None)


def flips(
    folder: Path, staged: pa.RecordBatch, config: Config, parts: int, number: int = 200
) -> dict[str, Any]:
    """The stage's tasks over the documents, divided into parts."""
    folder.mkdir(exist_ok=True)
    policy, paths = policy_of(config), []
    alone = Policy(tuple(n for n in policy.filters if n not in counterfactual.BY_ALL), policy.parameters)
    for i in range(parts):
        rows_of_part = staged.slice(
            i * staged.num_rows // parts, (i + 1) * staged.num_rows // parts - i * staged.num_rows // parts
        )
        ledger, _ = account(rows_of_part, counterfactual._no_links(rows_of_part.num_rows), alone)
        half = rows_of_part.num_rows // 2
        table = pa.Table.from_batches([rows_of_part.slice(0, half), rows_of_part.slice(half)], STAGED)
        storage.write_arrow(str(folder / f"{i}.docs.arrow"), table)
        pq.write_table(pa.Table.from_batches([ledger]), folder / f"{i}.ledger.parquet")
        paths.append((str(folder / f"{i}.ledger.parquet"), str(folder / f"{i}.docs.arrow")))
    draws = counterfactual.draw_tasks(str(folder), ["base"], [ledger for ledger, _ in paths], number)
    for task in draws:
        task.work(task.argument, task.prefix)
    task = counterfactual.flip_task(str(folder), ["base"], draws, [docs for _, docs in paths], number, policy)
    return task.work(task.argument, task.prefix)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [ENGLISH.format(i=i % 10) + (TOXIC * 6 if i % 3 == 0 else "") for i in range(60)]


def test_any_division_into_parts_gives_the_same_counts(tmp_path: Path, texts: list[str]) -> None:
    config = Config()
    staged = staged_of(texts, config)
    one = flips(tmp_path / "one", staged, config, 1, number=20)
    assert flips(tmp_path / "four", staged, config, 4, number=20) == one
    assert one["documents"] == 20


def test_the_documents_are_those_of_lowest_id_that_qualify(tmp_path: Path) -> None:
    texts = [
        ENGLISH.format(i=0),
        "Der Rat der Stadt traf sich am Dienstag und sprach über Nigeria und den Preis des Wassers. " * 3,
        "Nothing here speaks about anybody, and it is only about water and about the price of the water.",
        ENGLISH.format(i=1) * 30,  # too long
        ENGLISH.format(i=2),
    ]
    staged = staged_of(texts, Config())
    job_rows = flips(tmp_path, staged, Config(), 2)
    assert job_rows["documents"] == 2


def test_a_rule_that_hangs_on_gender_words_is_found(tmp_path: Path) -> None:
    """`sister` is shorter than `brother`: a bound on the mean length of words between the two."""
    config = check({"filters": ["gopher_quality"]})
    texts = [ENGLISH.format(i=i % 10) for i in range(60)]
    swapped = swaps.swap_gender(pa.array(texts), pa.array(texts)).to_pylist()
    lengths = [
        signals["gopher_mean_word_length"]
        for side in (texts, swapped)
        for signals in staged_of(side, config).column("signals").to_pylist()
    ]
    bound = (max(lengths[60:]) + min(lengths[:60])) / 2
    assert max(lengths[60:]) < bound < min(lengths[:60])
    config = check({"filters": ["gopher_quality"], "gopher_quality": {"min_avg_word_length": bound}})
    found = rows(flips(tmp_path, staged_of(texts, config), config, 1))
    by = {(row["change"], row["rule"]): row for row in found}
    assert by["swap_gender", "gopher_quality/1"]["rate"] == 1.0
    assert by["swap_gender", None]["to_removed"] == by["swap_gender", None]["documents"] == 60
    assert by["swap_religion", None]["documents"] == 0


def test_dedup_and_balance_are_left_out(tmp_path: Path) -> None:
    config = check({"filters": ["exact_dedup", "near_dedup", "gopher_quality"]})
    found = flips(tmp_path, staged_of([ENGLISH.format(i=1)] * 5, config), config, 1)
    assert {rule for _, rule, *_ in found["counts"]} == {None, "gopher_quality/1"}


def test_nothing_to_change_gives_rows_with_a_note(tmp_path: Path) -> None:
    found = rows(flips(tmp_path, staged_of(["Too short."], Config()), Config(), 1))
    assert {row["note"] for row in found} == {"the change alters none of the documents"}
    assert {row["rate"] for row in found} == {None}


def test_unchanged_text_has_the_verdict_that_curate_gave(texts: list[str]) -> None:
    config = Config()
    staged = staged_of(texts, config)
    policy = policy_of(config)
    alone = Policy(tuple(n for n in policy.filters if n not in counterfactual.BY_ALL), policy.parameters)
    ledger, _ = account(staged, counterfactual._no_links(staged.num_rows), alone)
    kept = [verdict == "keep" for verdict in ledger.column("verdict").to_pylist()]
    assert counterfactual.outcome(staged, policy).kept.tolist() == kept
    assert 0 < sum(kept) < len(kept)


@pytest.mark.alone
def test_two_hundred_documents_cost_less_than_a_second(tmp_path: Path, shared_data: Path) -> None:
    import time

    files = sorted((shared_data / "corpus" / "s30" / "parquet").glob("*.parquet"))
    texts = pq.read_table(files[0], columns=["text"])["text"].to_pylist()[:3000]
    config = Config()
    staged = staged_of(texts, config)
    flips(tmp_path, staged, config, 1, number=10)  # models are loaded
    began = time.process_time()
    found = flips(tmp_path, staged, config, 1)
    assert found["documents"] == 200
    assert time.process_time() - began < 1.5  # writing the parts included
