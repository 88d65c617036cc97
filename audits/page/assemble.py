"""`report.html`, the page a reviewer reads: one file, no network, readable without its script."""

import base64
import hashlib
import re
from importlib.resources import files

from audits.page import findings as key_findings
from audits.page.cannot import cannot
from audits.page.comparison import comparison
from audits.page.corpus import corpus
from audits.page.curation import curation
from audits.page.head import gates, head
from audits.page.limits import MOST_BYTES, STEPS, Limits
from audits.page.markup import Html, el, join, link
from audits.page.methods import methods
from audits.page.reading import Report, rows
from audits.page.removed import removed
from audits.page.said import said

ID = re.compile(r' id="([^"]*)"')


def render(report: Report) -> str:
    """The page of a report, under 2 MB: of a large report less is shown, and what is left out is said."""
    page = ""
    for limits in STEPS:
        page = _page(report, limits)
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


def _page(report: Report, limits: Limits) -> str:
    lines, groups = key_findings.cited(report)
    sections = {
        "gates": ("Gates", gates(report)),
        "comparison": ("What changed between two reports", comparison(report, limits)),
        "impact": ("Who was removed", removed(report, limits, lines, groups)),
        "representation": ("Who is in the corpus", corpus(report, limits)),
        "associations": ("What is said", said(report, limits)),
        "curation": ("How curation went", curation(report, limits)),
        "limits": ("What this report cannot show", cannot(report, limits)),
        "methods": ("Methods and words", methods(report)),
    }
    if not rows(report, "comparison"):
        del sections["comparison"]
    shown = [el("section", el("h2", title), body, id=id_) for id_, (title, body) in sections.items()]
    ids = set(ID.findall(join(shown)))
    found = el("section", el("h2", "Key findings"), key_findings.findings(report, ids), id="findings")
    titles = {"findings": "Key findings"} | {id_: title for id_, (title, _) in sections.items()}
    nav = join(el("li", link(id_, title)) for id_, title in titles.items())
    return _frame(report, head(report), nav, join([found, *shown]))


def _frame(report: Report, head_: Html, nav: Html, body: Html) -> str:
    style, script = _file("style.css"), _file("script.js")
    id_ = re.sub(r"[^0-9A-Za-z-]", "", str(report["snapshot"]["id"]))
    style = style.replace("SNAPSHOT", id_)
    policy = "; ".join(
        (
            "default-src 'none'",
            "style-src 'unsafe-inline'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    top = join(
        [
            el("meta", charset="utf-8"),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("title", f"Curation report, snapshot {id_}"),
            el("style", Html(style)),
        ],
        "\n",
    )
    page = join(
        [
            el("a", "Skip to the content", href="#main", class_="skip"),
            head_,
            el("nav", el("ul", nav), aria_label="Parts of this report"),
            el("main", body, id="main", tabindex="-1"),
            el("script", Html(script)),
        ],
        "\n",
    )
    return f'<!doctype html>\n<html lang="en">\n<head>\n{top}\n</head>\n<body>\n{page}\n</body>\n</html>\n'


def _file(name: str) -> str:
    return (files("audits.page") / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
