"""The page: whole markup, links that lead somewhere, no network, escaped names, a bounded size."""

import copy
import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.page import grid, opened, render
from audits.page.figures import interval, number, plain
from audits.page.limits import STEPS
from audits.page.reading import departure
from tests.audits.page import reports
from tests.audits.page.html import Page

SECTIONS = [
    "Key findings",
    "Gates",
    "Who was removed",
    "Who is in the corpus",
    "What is said",
    "How curation went",
    "What this report cannot show",
    "Methods and words",
]
SEVERAL = {
    "planted": reports.report,
    "nothing flagged": lambda: reports.report(planted=None),
    "no gates": lambda: reports.report(gates=False),
    "no records": reports.empty,
    "one group": lambda: reports.report(axes={"gender": {"women": 500}}, planted=None),
    "small groups only": lambda: reports.report(axes={"gender": {"men": 3, "women": 0}}, planted=None),
    "compared": lambda: reports.compared(reports.report()),
}


@pytest.fixture(params=SEVERAL, scope="module")
def any_report(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = SEVERAL[request.param]()
    return found


def test_the_page_is_whole_and_its_links_lead_somewhere(any_report: dict[str, Any]) -> None:
    html = render(any_report)
    page = Page(html)
    assert page.open == []
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert page.sources == []
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert 'name="viewport"' in html


def test_the_page_asks_the_network_for_nothing(any_report: dict[str, Any]) -> None:
    html = render(any_report)
    assert not re.search(r"<link|<img|<iframe|@import|url\(|srcset", html)
    assert "default-src 'none'" in html
    assert html.count("<script>") == 1


def test_the_sections_stand_in_the_order_in_which_they_are_read(any_report: dict[str, Any]) -> None:
    titles = re.findall(r"<h2>(.*?)</h2>", render(any_report))
    compared = ["What changed between two reports"] if any_report["comparison"] else []
    assert titles == [*SECTIONS[:2], *compared, *SECTIONS[2:]]


def test_the_same_report_gives_the_same_page(told: dict[str, Any]) -> None:
    before = copy.deepcopy(told)
    assert render(told) == render(json.loads(json.dumps(told)))
    assert told == before


def test_the_first_line_adds_up_and_the_verdict_is_in_words(told: dict[str, Any]) -> None:
    text = Page(render(told)).text
    assert "20,000 records read = 13,000 kept + 6,948 dropped + 40 review + 12 errors" in text
    assert "1 of 4 gates failed. 1 of 4 gates could not be measured." in text


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([], "No gates set."),
        (["passed"], "The only gate passed."),
        (["passed", "passed", "passed"], "All 3 gates passed."),
        (["passed", "failed", "failed"], "2 of 3 gates failed."),
        (["passed", "not_measured"], "No gate failed, but 1 of 2 gates could not be measured."),
    ],
)
def test_verdicts(told: dict[str, Any], verdicts: list[str], said: str) -> None:
    gate = told["gates"][1]
    text = Page(render(told | {"gates": [gate | {"verdict": v} for v in verdicts], "findings": []})).text
    assert said in text


def test_failed_gates_come_first_and_passed_ones_are_listed_as_plainly(told: dict[str, Any]) -> None:
    text = Page(render(told)).text
    failed, missing, passed = (text.index(said) for said in ("✕ failed", "? not measured", "✓ passed"))
    assert failed < missing < passed
    assert all(gate["name"] in text for gate in told["gates"])


def test_a_finding_stands_with_what_to_do_and_leads_to_its_row(told: dict[str, Any]) -> None:
    html = render(told)
    first = told["findings"][0]
    assert first["group"] == "geography/nigeria"
    assert first["sentence"] in Page(html).text
    item = re.search(r'<li id="finding-[^"]*">(.*?)</li>', html, re.DOTALL)
    assert item is not None
    assert "What one can do" in item[1]
    target = re.search(r'href="#([^"]*)">Evidence', item[1])
    assert target is not None
    row = re.search(rf'<tr id="{re.escape(target[1])}">(.*?)</tr>', html)
    assert row is not None
    assert "▲\u00a01.99" in row[1]
    assert "478 of 2,000 (23.9 %)" in row[1]
    fold = html.rindex("<details", 0, row.start())
    assert 'class="group cited"' in html[html.rindex("<details class", 0, row.start()) : row.start()] or fold


def test_what_reviewers_decided_is_shown_and_dismissed_findings_are_folded(told: dict[str, Any]) -> None:
    first, *rest = copy.deepcopy(told["findings"])
    first |= {"review_decision": "accepted", "review_by": "A. Reader", "review_reason": "known <limit>"}
    rest[0] |= {"review_decision": "dismissed", "review_by": "B. Reader", "review_reason": "too few"}
    html = render(told | {"findings": [first, *rest]})
    text = Page(html).text
    assert "Accepted by A. Reader: known <limit>" in text
    assert "1 dismissed by a reviewer" in text
    assert text.index("Accepted by") < text.index("dismissed by a reviewer") < text.index("Dismissed by B.")


def test_at_most_seven_findings_are_open(told: dict[str, Any]) -> None:
    many = [told["findings"][0] | {"id": f"{i:016x}", "sentence": f"Sentence {i}."} for i in range(20)]
    html = render(told | {"findings": many})
    assert html.index("Sentence 6.") < html.index("13 more findings") < html.index("Sentence 7.")


def test_where_nothing_is_flagged_the_page_says_so_and_what_could_have_been_seen() -> None:
    told = reports.report(planted=None)
    text = Page(render(told)).text
    (clear,) = [row for row in told["findings"] if row["kind"] == "none"]
    assert "Nothing flagged." in text
    assert clear["sentence"] in text
    assert "7 groups have fewer than 200 documents: too few to judge." in text


def test_the_grid_says_what_the_json_says(told: dict[str, Any]) -> None:
    html = render(told)
    for axis, groups in reports.AXES.items():
        for name, size in groups.items():
            rows = [r for r in told["impact"] if r["group"] == f"{axis}/{name}" and r["reason"] is None]
            if size < 200:
                assert re.search(rf"</bdi> \({number(size)}\)</li>", html)
                continue
            for row in rows:
                if row["removal_ratio"] is not None and row["low"] is not None:
                    mark = "▲\u00a0" if row["flagged"] else ""
                    ends = interval(row["low"], row["high"])
                    assert f"<b>{mark}{plain(row['removal_ratio'])}</b><small>{ends}</small>" in html


def test_what_may_be_chance_is_pale_and_no_wide_departure() -> None:
    assert [grid._bin(ratio, 4) for ratio in (0, 0.4, 0.9, 1, 1.3, 9)] == ["m4", "m4", "m1", "0", "p2", "p4"]
    assert [grid._bin(ratio, 1) for ratio in (0, 0.99, 9)] == ["m1", "0", "p1"]
    none = {"flagged": False, "low": 0.0, "high": 9.0, "removal_ratio": 0.0, "removed": 0}
    some = {"flagged": False, "low": 0.5, "high": 2.0, "removal_ratio": 1.1, "removed": 9}
    assert departure(none) < departure(some)


def test_where_a_gate_looked_is_told_in_words(told: dict[str, Any]) -> None:
    first, *others = told["gates"]
    where = "gopher_quality/1, too_few_words, geography/nigeria"
    text = Page(render(told | {"gates": [first | {"where": where}, *others]})).text
    assert "Gopher quality, too few words, Nigeria" in text


def test_small_groups_are_named_with_their_count_and_never_judged(told: dict[str, Any]) -> None:
    text = Page(render(told)).text
    assert "3 groups have fewer than 200 documents: too few to judge." in text
    assert "Fiji (60)" in text
    assert "Tuvalu (0)" in text


def test_harmful_text_is_folded_behind_a_warning_that_names_what_is_inside(told: dict[str, Any]) -> None:
    html = render(told)
    for said in ("The market in Lagos opened", "word0nig"):
        at = html.index(said)
        fold = html.rindex('<details class="harm">', 0, at)
        assert "</details>" not in html[fold:at]
        assert "Warning" in html[fold : html.index("</summary>", fold)]
    assert "insults, slurs, threats or sexual language" in html


def test_personal_data_and_the_largest_clusters_stand_in_how_curation_went(told: dict[str, Any]) -> None:
    page = Page(render(told))
    for said in (
        "927 pieces of text in 310 documents were taken for personal data (2.21 % of those looked at).",
        "300 lay in lines that another filter cut out of the text",
        "E-mail addresses EMAIL_ADDRESS",
        "its kind, such as <DE_TAX_ID>",
        "removed: C4 quality, too few sentences",
        "1 excerpt of these clusters. Warning: may hold anything that was in the corpus, insults too",
    ):
        assert said in page.text, said


def test_a_rule_that_removed_none_of_an_axis_has_no_column_and_is_named(told: dict[str, Any]) -> None:
    changed = copy.deepcopy(told)
    for row in changed["impact"]:
        if (row["rule"], row["axis"]) == ("language/1", "gender"):
            row |= {"removed": 0, "reference_removed": 0, "removal_ratio": None, "low": None, "high": None}
    before, after = (Page(render(one)).text for one in (told, changed))
    said = "Without a column, since they removed none of these documents: Exact duplicates"
    assert (before.count(f"{said}."), before.count(f"{said}, Language.")) == (4, 0)
    assert (after.count(f"{said}."), after.count(f"{said}, Language.")) == (3, 1)


def test_codes_of_languages_and_kinds_of_groups_stand_in_words(told: dict[str, Any]) -> None:
    missing = [{"what": "representation of `race_ethnicity`", "why": "x"}, {"what": "what_if", "why": "y"}]
    page = Page(render(told | {"not_measured": missing}))
    for said in ("German (de)", "English (en)", "Representation of race and ethnicity", "Other thresholds"):
        assert said in page.text, said


def test_examples_are_called_scrubbed_only_where_personal_data_was_looked_for(told: dict[str, Any]) -> None:
    bare = Page(render(told)).text
    scrubbed = Page(render(told | {"filters": [*told["filters"], "pii"]})).text
    assert "not scrubbed of personal data" in bare
    assert "Drawn by hash, scrubbed of personal data" in scrubbed


def test_flips_of_the_verdict_come_before_those_of_rules(told: dict[str, Any]) -> None:
    text = Page(render(told)).text
    text = text[text.index("Flips of verdicts") :]
    assert text.count("the verdict", 0, text.index("more rows")) == 4
    assert "Gopher quality" not in text[: text.index("more rows")]


def test_differences_come_first_and_the_unchanged_is_folded() -> None:
    html = render(reports.compared(reports.report()))
    section = html[html.index('<section id="comparison">') :]
    assert section.index("5eed5eed") < section.index("2 of 4 measures differ") < section.index("What differs")
    assert section.index("What differs") < section.index("<summary>1 unchanged")
    assert section.index("<summary>1 that could not be compared") < section.index("only in this report")


def test_an_empty_snapshot_has_a_page() -> None:
    text = Page(render(reports.empty())).text
    assert "The input holds no records." in text
    assert "No rule ran." in text


def test_what_was_not_measured_stands_with_its_reason(told: dict[str, Any]) -> None:
    html = render(told)
    assert "<dt>Embeddings</dt><dd><code>audit.embeddings</code> is null</dd>" in html
    bare = told | {name: [] for name in ("impact", "representation", "associations", "findings")}
    text = Page(render(bare)).text
    assert text.count("not measured: see what is missing") == 3


def test_a_measure_that_the_page_has_no_picture_of_is_shown_all_the_same(told: dict[str, Any]) -> None:
    new = told["representation"][0] | {"measure": "something_new", "note": "of tomorrow"}
    other = told["associations"][0] | {"measure": "another_new"}
    changed = {
        "representation": [*told["representation"], new],
        "associations": [*told["associations"], other],
    }
    text = Page(render(told | changed)).text
    assert "something_new" in text
    assert "ANOTHER NEW" in text


@pytest.mark.slow
def test_the_largest_report_makes_a_page_under_2_mb_and_says_what_it_leaves_out() -> None:
    html = render(reports.large())
    assert len(html.encode()) < 2_000_000
    page = Page(html)
    assert page.open == []
    assert all(link[1:] in page.ids for link in page.links)
    assert "are in report.json" in page.text


def test_groups_open_until_their_room_is_full_and_the_others_are_counted(
    told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits, cited = STEPS[0], ()
    chosen = opened.choose(told, limits, cited)
    every, shown = opened.opened(told, limits, chosen, cited, cited)
    assert shown == chosen
    assert len(chosen) > 1
    monkeypatch.setattr(opened, "ROOM", 1)
    first, shown = opened.opened(told, limits, chosen, cited, cited)
    assert shown == chosen[:1], "one group at least, whatever its size"
    assert len(first) < len(every)
    assert "are in report.json" in first


def test_what_does_not_fit_is_left_out_by_steps() -> None:
    for wide, tight in itertools.pairwise(STEPS):
        assert all(a > b for a, b in zip(vars(wide).values(), vars(tight).values(), strict=True))


NAMES = st.text(max_size=12) | st.sampled_from(
    [
        "</style><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "&lt;",
        "--><!--",
        "a\x00b",
        "\u202e",
        "]]>",
    ]
)


@given(NAMES, NAMES, NAMES, NAMES)
def test_names_words_and_examples_cannot_break_the_page(a: str, b: str, c: str, d: str) -> None:
    told = reports.report(
        axes={"gender": {"men": 900, "women": 700}, a or "x": {b: 800, c: 10}}, planted=None
    )
    told["examples"] = [reports.example("rule/1", a, f"{a or 'x'}/{b}", 0, d)]
    told["records_by_source"][0]["source"] = a
    told["sources"][0] |= {"name": b, "licence": c, "link": d}
    told["counts"][1]["key"] = d
    told["not_measured"] = [{"what": a, "why": b}]
    told["snapshot"]["policy_hash"] = c
    told["associations"][0]["word"] = d
    for row in told["findings"]:
        row |= {"sentence": a, "action": b, "anchor": c, "review_decision": "accepted", "review_by": d}
    told["gates"][0] |= {"name": a, "where": b, "note": c}
    html = render(told)
    html.encode()  # as it is written
    page = Page(html)
    assert page.open == []
    assert html.count("<script>") == 1
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)


def test_a_name_of_any_length_is_cut(told: dict[str, Any]) -> None:
    long = "n" * 100_000
    rows = [told["records_by_source"][0] | {"source": long}]
    assert len(render(told | {"records_by_source": rows})) < len(render(told)) + 10_000
