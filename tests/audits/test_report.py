"""The report: rows that add up, a page of one file, and a card that `datasets` reads."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from audits import card, report
from audits.page import percent
from audits.report import MOST, share
from schemas.gates import Gate


def volumes(read: int, kept: int) -> dict[str, dict[str, int]]:
    def side(n: int) -> dict[str, int]:
        return {"documents": n, "characters": 100 * n, "bytes": 110 * n}

    return {"read": side(read), "kept": side(kept)}


def manifest(sources: dict[str, tuple[int, int]] | None = None, domains: int = 2) -> dict[str, Any]:
    """A manifest of the contract's shape; `gopher_quality/1` drops what a source does not keep."""
    sources = {"forum": (60, 40), "web": (40, 10)} if sources is None else sources
    read, kept = (sum(pair[i] for pair in sources.values()) for i in (0, 1))
    by_source = {
        name: {"read": r, "keep": k, "drop": r - k, "review": 0, "error": 0}
        for name, (r, k) in sources.items()
    }
    dropped = read - kept
    rule = {"fired": dropped, "decided": dropped, "only": dropped, "not_measured": 3}
    return {
        "schema_version": 1,
        "id": "0123abcd",
        "parent": None,
        "policy_hash": "ffff",
        "code_version": "0.1.0",
        "config": {"filters": ["gopher_quality"]},
        "counts": {
            "read": read + 2,
            "keep": kept,
            "drop": dropped,
            "review": 0,
            "error": 2,
            "by_rule": {"gopher_quality/1": dropped, "input/1": 2},
            "by_source": by_source,
        },
        "sources": [],
        "statistics": {
            "total": volumes(read, kept),
            "source": {name: volumes(*pair) for name, pair in sources.items()},
            "language": {"en": volumes(read, kept)},
            "year": {"2019": volumes(read - 1, kept), "unknown": volumes(1, 0)},
            "domain": {f"d{i:04}.org": volumes(1, 1) for i in range(domains)},
            "domains": domains + 7,
            "domain_other": volumes(14, 7),
            "rules": [
                {"rule": "input/1", "reason": "bad_json", "decided": 2, "unread_bytes": 56},
                {"rule": "gopher_quality/1", "reason": "too_few_words", **rule},
                {"rule": "gopher_quality/1", "reason": None, **rule},
            ],
            "unread_bytes": 56,
        },
    }


class Page(HTMLParser):
    """What a reader meets: text, addresses and unclosed elements."""

    VOID = ("meta", "link", "br", "hr", "img", "input", "rect")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.open, self.ids, self.links = "", [], set(), []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open += [] if tag in self.VOID else [tag]
        for name, value in attrs:
            if name == "id":
                assert value not in self.ids
                self.ids.add(value)
            if name in ("href", "src"):
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag
        self.text += "\n" if tag in ("td", "th", "p", "li", "dt", "dd", "caption") else ""

    def handle_data(self, data: str) -> None:
        self.text += data if self.open and self.open[-1] != "style" else ""


def test_the_report_has_the_lists_of_the_contract_and_says_why_they_are_empty() -> None:
    built = report.build(manifest())
    lists = ["representation", "associations", "impact", "impact_pairs", "what_if", "counterfactual"]
    lists += ["personal_data", "duplicates"]
    assert [built[name] for name in [*lists, "gates", "findings", "examples", "comparison"]] == [[]] * 12
    off = "the audit was switched off (`audit.enabled: false`)"
    assert built["not_measured"] == [{"what": name, "why": off} for name in lists]
    assert built["schema_version"] == 1
    assert json.loads(json.dumps(built)) == built


def test_what_was_measured_stands_in_the_report_and_gates_are_held_against_it() -> None:
    row = {"measure": "language_share", "axis": None, "group": None, "key": "und", "side": "after"}
    row |= {"count": 3, "of": 10, "value": 0.3, "low": 0.1, "high": 0.6, "expected": None, "note": None}
    said = [{"what": "pronouns", "why": "no document is in English"}]
    built = report.build(manifest(), {"representation": [row], "not_measured": said})
    assert (built["representation"], built["impact"], built["not_measured"]) == ([row], [], said)
    report.judge(built, [Gate(measure="language_share", key="und", at_most=0.1)])
    (gate,) = built["gates"]
    assert (gate["verdict"], gate["value"], gate["threshold"]) == ("failed", 0.3, 0.1)


def test_rules_stand_in_running_order_with_what_could_not_be_read_at_the_end() -> None:
    rows = report.build(manifest())["rules"]
    assert [(row["rule"], row["reason"]) for row in rows] == [
        ("gopher_quality/1", None),
        ("gopher_quality/1", "too_few_words"),
        ("input/1", None),
        ("input/1", "bad_json"),
    ]
    assert rows[2] == {
        "rule": "input/1", "reason": None, "fired": None, "only": None, "not_measured": None, "decided": 2,
        "decided_share": 0.019608,
    }  # fmt: skip


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=5),
        st.integers(0, 50).flatmap(lambda r: st.tuples(st.just(r), st.integers(0, r))),
        max_size=8,
    )
)
def test_the_rows_of_a_breakdown_sum_to_the_whole(sources: dict[str, tuple[int, int]]) -> None:
    built = report.build(manifest(sources))
    whole = built["counts"][0]
    rows = [row for row in built["counts"] if row["by"] == "source"]
    for key in ("documents_before", "documents_after", "bytes_before", "characters_after"):
        assert sum(row[key] for row in rows) == whole[key]
    page = Page(report.render(built))  # any name is escaped
    assert page.open == []


def test_a_large_corpus_makes_a_small_page_and_nothing_is_lost() -> None:
    many = {f"source-{i:06}": (i % 5 + 1, i % 2) for i in range(20_000)}
    built = report.build(manifest(many, domains=1000))
    html = report.render(built)
    assert len(html) < 500_000
    rows = [row for row in built["counts"] if row["by"] == "source"]
    assert len(rows) == MOST + 1
    assert rows[-1]["key"] is None
    assert rows[-1]["others"] == 20_000 - MOST
    assert sum(row["documents_before"] for row in rows) == built["counts"][0]["documents_before"]
    domains = [row for row in built["counts"] if row["by"] == "domain"]
    assert domains[-1]["others"] == 1007 - MOST
    assert domains[-1]["documents_before"] == 1000 - MOST + 14


def test_the_first_line_adds_up_and_a_gate_that_is_not_set_is_said() -> None:
    page = Page(report.render(report.build(manifest())))
    assert "102 records read = 50 kept + 50 dropped + 0 review + 2 errors" in page.text
    assert "No gates set." in page.text
    assert "2 records could not be read; at least 56 bytes are lost" in page.text


def test_an_empty_snapshot_has_a_report() -> None:
    empty = manifest({}, domains=0)
    empty["counts"] |= {"read": 0, "error": 0, "by_rule": {}}
    empty["statistics"] |= {"rules": [], "unread_bytes": 0, "domains": 0, "domain_other": volumes(0, 0)}
    empty["statistics"]["year"] = {}
    page = Page(report.render(report.build(empty)))
    assert "The input holds no records." in page.text
    assert "No rule ran." in page.text


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "–"),
        (0, 5, "0 %"),
        (1, 3, "33.3 %"),
        (999_999, 1_000_000, "> 99.9 %"),
        (7, 7, "100 %"),
        (1, 10**6, "0.0001 %"),
    ],
)
def test_shares_have_three_digits(part: int, whole: int, told: str) -> None:
    assert percent(share(part, whole)) == told


def test_the_card_gives_datasets_the_kept_documents_and_readers_the_counts() -> None:
    told = manifest()
    told["sources"] = [
        {
            "name": "forum",
            "origin": "user_data",
            "licence": "CC-BY-4.0 | <b>",
            "collection_period": None,
            "link": None,
        }
    ]
    text = card.render(told, report.build(told))
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["configs"] == [
        {"config_name": "default", "data_files": [{"split": "train", "path": "data/*.parquet"}]}
    ]
    assert front["language"] == ["en"]
    assert "102 records were read: 50 kept, 50 dropped,\n0 waiting for review, 2 unreadable." in text
    assert "| forum | 60 | 40 | user_data | CC-BY-4.0 \\| &lt;b> | not stated | not stated |" in text
    assert "| web | 40 | 10 | not stated | not stated | not stated | not stated |" in text


def test_the_card_tells_findings_and_gates_or_that_nobody_looked() -> None:
    built = report.build(manifest(), {"not_measured": []})
    assert "The audit was switched off" in card.render(manifest(), report.build(manifest()))
    report.judge(built, [Gate(measure="kept_share", at_least=0.9)])
    built["findings"] = [{"sentence": "Documents that mention <b> were removed 2 times as often."}]
    text = card.render(manifest(), built)
    assert "- Documents that mention &lt;b> were removed 2 times as often.\n" in text
    assert "Gates of the policy: 1 failed." in text
