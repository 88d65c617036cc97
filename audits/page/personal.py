"""Personal data that was found and replaced: by entity, language and source."""

from collections.abc import Sequence

from audits.page.figures import NONE, number, percent, several
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, fold, join
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, folded
from audits.page.titles import language

ENTITIES = {
    "EMAIL_ADDRESS": "E-mail addresses",
    "PHONE_NUMBER": "Phone numbers",
    "IP_ADDRESS": "IP addresses",
    "MAC_ADDRESS": "MAC addresses (of network cards)",
    "CREDIT_CARD": "Card numbers",
    "IBAN_CODE": "Account numbers (IBAN)",
    "CRYPTO": "Wallets of crypto-currency",
    "API_KEY": "Keys of services",
    "PRIVATE_KEY": "Private keys",
    "URL_CREDENTIALS": "Passwords in links",
    "PERSON": "Names of people",
    "LOCATION": "Places",
    "ORGANIZATION": "Organisations",
}
ACTIONS = {"placeholder": "its kind, such as <{}>", "surrogate": "a made-up one, by a secret key"}
HEADS = ("Found", "In documents", "In kept ones, replaced", "In kept documents")


def personal(report: Report, limits: Limits) -> Html | None:
    """The section; None where it was not measured (then `What this report cannot show` says so)."""
    found = rows(report, "personal_data")
    whole = next((row for row in found if row["by"] == "total" and row["entity"] is None), None)
    if whole is None:
        return None
    return join(
        [
            el("h3", "Personal data", id="personal-data"),
            _said(report, whole),
            _entities([row for row in found if row["by"] == "total" and row["entity"] is not None]),
            *(
                _by(name, [row for row in found if row["by"] == name], limits)
                for name in ("language", "source")
            ),
        ]
    )


def _said(report: Report, whole: Row) -> Html:
    """What was found, in sentences."""
    readable = report["records"]["read"] - report["records"]["error"]
    missed = readable - whole["of_before"]
    rest = f" (the other {number(missed)} were removed unseen)" if missed else ""
    parts = [
        f"Looked for in {number(whole['of_before'])} documents: all that no cheaper rule removes{rest}.",
        f"{several(whole['spans_before'], 'piece')} of text in"
        f" {several(whole['documents_before'], 'document')} were taken for personal data"
        f" ({percent(_share(whole, 'before'))} of those looked at)."
        if whole["spans_before"]
        else "None was found.",
    ]
    if whole["spans_after"]:
        parts.append(
            f"{number(whole['spans_after'])} of them were in {several(whole['documents_after'], 'document')}"
            " that are kept; none of these is in the kept text, each was replaced or cut."
        )
    by_kind = [row for row in rows(report, "personal_data") if row["by"] == "total" and row["entity"]]
    if hidden := whole["spans_before"] - sum(row["spans_before"] for row in by_kind):
        parts.append(
            f"{number(hidden)} lay in lines that another filter cut out of the text; of which kind they were"
            " is not recorded, so they are missing in what follows."
        )
    parts.append("What no pattern matches is not found; the filter's documentation says how much that is.")
    return el("ul", join(el("li", part) for part in parts))


def _share(row: Row, side: str) -> float | None:
    return row[f"documents_{side}"] / row[f"of_{side}"] if row[f"of_{side}"] else None


def _entities(found: Sequence[Row]) -> Html | None:
    if not found:
        return None
    lines = [
        Line(
            (
                el("span", entity(row["entity"]), " ", code(row["entity"])),
                ACTIONS.get(row["action"], NONE).format(row["entity"]),
                *_numbers(row),
            )
        )
        for row in found
    ]
    return folded("Personal data by kind", ["Kind", "Replaced by", *HEADS], lines, shown=20, most=60, words=2)


def _by(name: str, found: Sequence[Row], limits: Limits) -> Html | None:
    lines, of = [], 0
    for row in found:
        if not row["spans_before"]:
            continue
        if row["entity"] is None:
            of = row["of_before"]
            key = language(row["key"]) if row["key"] and name == "language" else row["key"]
            told = el("bdi", cut(key or row["note"] or "others", 80))
            lines.append(Line((told, "any kind", *_numbers(row), number(of)), "whole"))
        else:
            lines.append(Line(("", entity(row["entity"]), *_numbers(row), "")))
    if not lines:
        return None
    heads = [name.capitalize(), "Kind", *HEADS, "Looked at"]
    caption = f"Personal data by {name}"
    return fold(caption, folded(caption, heads, lines, shown=60, most=max(60, limits.rows), words=2))


def _numbers(row: Row) -> tuple[str, ...]:
    return tuple(
        number(row[f"{name}_{side}"]) for side in ("before", "after") for name in ("spans", "documents")
    )


def entity(code_: str) -> str:
    """`DE_TAX_ID`: DE tax id."""
    if code_ in ENTITIES:
        return ENTITIES[code_]
    country, _, rest = code_.partition("_")
    return cut(f"{country} {rest.replace('_', ' ').lower()}" if rest else country, 60)
