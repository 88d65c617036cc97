"""Names of sources that name a person: replaced where they enter, so nothing that is published has them."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.integrity import verify
from pipelines import source_names
from pipelines.audit_snapshot import audit_snapshot
from schemas.parameters import Pii
from tests.pipelines.running import config, curate_directly

ADDRESS, FOLDER = "jane.roe@example.org", "box of kim@example.net"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("jane.roe@example.org", "<EMAIL_ADDRESS>"),
        ("mail from jane.roe@example.org", "mail from <EMAIL_ADDRESS>"),
        ("+1 415 555 2671", "<PHONE_NUMBER>"),
        ("192.168.1.1", "<IP_ADDRESS>"),
        *((name, name) for name in ("wikipedia", "en.wikipedia.org", "CC-MAIN-2024-10", "dump-20240101", "")),
    ],
)
def test_contact_data_is_replaced_and_other_names_stay(name: str, plain: str) -> None:
    names = pa.array([name, "forum", name])
    found = source_names.scrubbed(names, "corpus.jsonl", ("pii",), {"pii": Pii()})
    assert found.to_pylist() == [plain, "forum", plain]
    assert source_names.scrubbed(names, "corpus.jsonl", ("language",), {"pii": Pii()}) == names


def test_of_the_names_of_files_only_addresses_are_replaced() -> None:
    for name, plain in (("+1 415 555 2671", "+1 415 555 2671"), (FOLDER, "box of <EMAIL_ADDRESS>")):
        names = source_names.scrubbed(pa.array([name]), name, ("pii",), {"pii": Pii()})
        assert names.to_pylist() == [plain]


def test_names_depend_on_what_the_filter_looks_for_and_on_no_action() -> None:
    names = pa.array([ADDRESS])
    only_phones = {"pii": Pii(entities=("PHONE_NUMBER",))}
    assert source_names.scrubbed(names, "a", ("pii",), only_phones) == names
    surrogates = {"pii": Pii(action="surrogate", key_fingerprint="0" * 16)}
    assert source_names.scrubbed(names, "a", ("pii",), surrogates).to_pylist() == ["<EMAIL_ADDRESS>"]
    assert source_names.identity(("pii",), surrogates) == source_names.identity(("pii",), {"pii": Pii()})
    assert source_names.identity((), surrogates) is None


def test_a_report_shows_no_address_as_the_id_of_a_record() -> None:
    rows = [{"source_id": name} for name in (ADDRESS, "+1 415 555 2671", "a-1", None)]
    found = source_names.without_addresses(rows, ("pii",), {"pii": Pii()})
    assert [row["source_id"] for row in found] == ["<EMAIL_ADDRESS>", "+1 415 555 2671", "a-1", None]
    rows = [{"source_id": ADDRESS}]
    assert source_names.without_addresses(rows, (), {"pii": Pii()}) == [{"source_id": ADDRESS}]


def test_a_snapshot_and_its_audit_name_no_person_as_a_source(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / FOLDER).mkdir(parents=True)
    text = "The council of the town met on Tuesday and spoke about the price of water and of bread. "
    rows = [{"text": f"{text}{i}", "source": ADDRESS if i % 2 else "forum"} for i in range(40)]
    (corpus / FOLDER / "a.jsonl").write_text(
        "".join(json.dumps({"text": f"{text} b{i // 2}"}) + "\n" for i in range(9))
    )
    (corpus / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "out"
    settings = config([corpus], ["filters=[exact_dedup, pii]"])
    curate_directly(settings, out)
    audited = audit_snapshot(str(out), settings, str(tmp_path / "audited"), workers=1)
    told = json.loads((out / "snapshot.json").read_text())
    counts = {name: of["read"] for name, of in told["counts"]["by_source"].items()}
    assert counts == {"<EMAIL_ADDRESS>": 20, "box of <EMAIL_ADDRESS>": 9, "forum": 20}
    assert set(pq.read_table(out / "data")["source"].to_pylist()) == set(counts)
    assert verify(out).faults == []
    assert audited.report["duplicates"]
    assert audited.report == json.loads((out / "report" / "report.json").read_text())
    published = [
        path for folder in (out, tmp_path / "audited") for path in folder.rglob("*") if path.is_file()
    ]
    for path in published:
        raw = path.read_bytes()
        assert ADDRESS.encode() not in raw, path
        assert path.suffix == ".parquet" or b"kim@example.net" not in raw, path  # `source_id` has the file
