"""The head: what was read and what became of it, in a line that adds up, and the verdict of the gates."""

from collections.abc import Sequence

from audits import names
from audits.page import charts_bars
from audits.page.figures import NONE, number, plain
from audits.page.markup import Html, code, cut, el, join, link
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, cell, pairs, table
from audits.page.titles import RULES, group, reason, rule

VERDICTS = (("keep", "kept"), ("drop", "dropped"), ("review", "review"), ("error", "errors"))
STATES = {"failed": ("✕", "failed"), "not_measured": ("?", "not measured"), "passed": ("✓", "passed")}
OPERATORS = {"at_most": "at most", "at_least": "at least"}


def head(report: Report) -> Html:
    """Title, sum, verdict, and what the report is about."""
    snapshot = report["snapshot"]
    about = {
        "Snapshot": code(snapshot["id"]),
        "Parent": code(snapshot["parent"]) if snapshot["parent"] else "none",
        "Policy": code(snapshot["policy_hash"]),
    }
    return el(
        "header",
        el("h1", "Curation report"),
        corpus(report),
        el("p", adds_up(report["records"]), class_="lead"),
        bar(report["records"]),
        verdict(rows(report, "gates")),
        pairs(about.items(), class_="about"),
    )


def corpus(report: Report) -> Html | None:
    """Which corpus: its sources, the largest first."""
    sources = [row["source"] for row in report["records_by_source"] if row["source"] is not None]
    if not sources:
        return None
    shown = ", ".join(cut(source, 40) for source in sources[:5])
    more = f" and {number(len(sources) - 5)} more" if len(sources) > 5 else ""
    return el("p", f"Sources: {shown}{more}", class_="soft")


def adds_up(records: Row) -> str:
    """1,000 records read = 700 kept + 290 dropped + 8 review + 2 errors."""
    parts = " + ".join(f"{number(records[key])} {name}" for key, name in VERDICTS)
    return f"{number(records['read'])} records read = {parts}"


def bar(records: Row) -> Html | None:
    """Records by verdict, as a bar with its key."""
    if not records["read"]:
        return None
    said = ", ".join(f"{name} {number(records[key])}" for key, name in VERDICTS)
    svg = el(
        "svg",
        el("title", "Records by verdict", id="verdicts-title"),
        el("desc", said, id="verdicts-text"),
        charts_bars.whole([(key, records[key]) for key, _ in VERDICTS]),
        role="img",
        aria_labelledby="verdicts-title verdicts-text",
        width="100%",
        height=32,
    )
    swatch = {key: el("span", class_=f"swatch {key}") for key, _ in VERDICTS}
    key = join(el("li", swatch[key], f"{name} {number(records[key])}") for key, name in VERDICTS)
    return svg + el("ul", key, class_="key")


def verdict(found: Sequence[Row]) -> Html:
    """What the gates say: in words, a shape and a colour."""
    if not found:
        said = "No gates set."
        why = "Nothing in this snapshot was held against a policy about people."
        return _badge("none", "◇", said, why)
    failed = [gate for gate in found if gate["verdict"] == "failed"]
    missing = [gate for gate in found if gate["verdict"] == "not_measured"]
    more = f" {_of(len(missing), len(found), 'could not be measured')}." if missing else ""
    where = link("gates", "Every gate with its value")
    if failed:
        return _badge("failed", "✕", f"{_of(len(failed), len(found), 'failed')}.{more}", where)
    if missing:
        return _badge("missing", "?", f"No gate failed, but{more[:-1].lower()}.", where)
    said = f"All {number(len(found))} gates passed." if len(found) > 1 else "The only gate passed."
    return _badge("passed", "✓", said, where)


def _of(count: int, total: int, what: str) -> str:
    return f"{number(count)} of {number(total)} gates {what}"


def _badge(kind: str, sign: str, said: str, more: object) -> Html:
    shape = el("span", sign, class_="shape", aria_hidden="true")
    return el("p", shape, el("span", el("strong", said), " ", more), class_=f"verdict {kind}")


def gates(report: Report) -> Html:
    """Every gate: value, threshold and verdict; failed ones first, passed ones as plainly."""
    ranks = list(STATES)
    found = sorted(enumerate(rows(report, "gates")), key=lambda gate: ranks.index(gate[1]["verdict"]))
    if not found:
        return el("p", "No gates are set, so none failed and none passed.")
    heads = ["Gate", "Where", "Verdict", "Value", "Threshold", "Checked", "Failed"]
    return table("Gates of the policy", heads, [_gate(i, gate) for i, gate in found], words=3)


def _gate(index: int, gate: Row) -> Line:
    sign, said = STATES[gate["verdict"]]
    about = [rule(gate["rule"])] if gate["rule"] else []
    about += [group(gate["group"])] if gate["group"] else []
    name = el("span", code(gate["name"] or gate["measure"]))
    parts = [name, el("br"), el("small", ", ".join(about))] if about else [name]
    note = el("br") + el("small", cut(gate["note"], 300)) if gate["note"] else None
    bound = f"{OPERATORS.get(gate['operator'], gate['operator'])} {plain(gate['threshold'], trim=True)}"
    return Line(
        (
            join(parts),
            _where(gate["where"]),
            cell(el("span", f"{sign} {said}", class_=f"state {gate['verdict']}"), note),
            plain(gate["value"]),
            bound,
            _count(gate["checked"]),
            _count(gate["failed"]),
        ),
        id_=f"gate-{index}",  # as `audits.findings.anchor_of_gate` has it
    )


def _where(said: str | None) -> str:
    """`gopher_quality/1, too_few_words, geography/ghana` in words; what is not known stays as it is."""
    told, of = [], None
    for part in (said or NONE).split(", "):
        first = part.partition("/")[0]
        if part != first and first in RULES:
            of = part
            told.append(rule(part))
        elif part != first and first in names.AXES:
            told.append(group(part))
        elif of and part in names.REASONS.get(of.partition("/")[0], ()):
            told.append(reason(of, part))
        else:
            told.append(names.CHANGES.get(part, part))
    return cut(", ".join(told))


def _count(value: object) -> str:
    return number(value) if isinstance(value, int) else NONE
