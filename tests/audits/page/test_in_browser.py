"""The page in Chromium: widths, dark, print, keyboard, console, network. Skipped, loudly, without it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audits.page import render
from tests.audits.page import reports
from tests.audits.page.browser import Browser, Tab
from tests.audits.page.html import Page

DESKTOP, PHONE = (1280, 900), (390, 844)
PAPER = {"A4": (8.27, 11.69), "Letter": (8.5, 11.0)}
OPEN_ALL = "document.querySelectorAll('details').forEach(fold => { fold.open = true })"
WIDER = """[...document.querySelectorAll('body *')].filter(node => {
  const box = node.getBoundingClientRect();
  return box.right > innerWidth + 1 && !node.closest('.scroll') && !node.closest('.skip') && box.width > 0;
}).map(node => node.outerHTML.slice(0, 120))"""
OVER = """[...document.querySelectorAll('table')].filter(table => table.checkVisibility()
  && table.getBoundingClientRect().right > innerWidth + 1).map(table => table.caption.textContent)"""
# Contrast of every text that is seen, against the nearest background that is painted.
FAINT = """(() => {
  const light = c => { const v = c / 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const rgba = said => (said.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || node.closest('script, title, desc')) continue;
    if (!node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const front = rgba(node.closest('svg') ? style.fill : style.color);
    const [a, b] = [lum(front), lum(behind(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${walk.currentNode.textContent.slice(0, 40)}`);
  }
  return faint;
})()"""
FOCUSED = """(() => {
  const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
  const all = [...document.querySelectorAll('*')];
  return {at: all.indexOf(node), tag: node.tagName.toLowerCase(), outline: parseFloat(style.outlineWidth),
    style: style.outlineStyle, seen: box.bottom > 0 && box.top < innerHeight};
})()"""
REACHABLE = """[...document.querySelectorAll('*')].map((node, i) => [node, i]).filter(([node]) =>
  node.checkVisibility() && node.matches('a[href], summary, button, [tabindex="0"]')).map(([, i]) => i)"""


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def tab(browser: Browser, page: Path, request: pytest.FixtureRequest) -> Iterator[Tab]:
    tab = Tab(browser, *request.param).open(page)
    yield tab
    tab.close()


@pytest.fixture
def desktop(browser: Browser, page: Path) -> Iterator[Tab]:
    tab = Tab(browser, *DESKTOP).open(page)
    yield tab
    tab.close()


@pytest.fixture
def plain(browser: Browser, page: Path) -> Iterator[Tab]:
    """Without its script."""
    tab = Tab(browser, *DESKTOP, script=False).open(page)
    yield tab
    tab.close()


def test_nothing_is_asked_of_the_network_and_nothing_complains(tab: Tab, page: Path) -> None:
    tab.ask(OPEN_ALL)
    assert tab.requests == [page.resolve().as_uri()]
    assert tab.complaints == []


def test_the_page_does_not_scroll_sideways_and_tables_scroll_inside_of_their_box(tab: Tab) -> None:
    tab.ask(OPEN_ALL)
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")
    assert tab.ask(WIDER) == []
    boxes = tab.ask(
        "[...document.querySelectorAll('.scroll')].map(box => [box.scrollWidth, box.clientWidth])"
    )
    wide = [whole for whole, shown in boxes if whole > shown + 1]
    assert boxes
    assert wide or tab.ask("innerWidth") > 1000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(browser: Browser, page: Path, dark: bool) -> None:
    tab = Tab(browser, *DESKTOP, dark=dark).open(page)
    tab.ask(OPEN_ALL)
    assert tab.ask("getComputedStyle(document.body).backgroundColor") == (
        "rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)"
    )
    assert tab.ask(FAINT) == []
    tab.close()


def test_the_browser_reads_the_markup_as_it_was_written(plain: Tab, page: Path) -> None:
    assert plain.ask("document.querySelectorAll('*').length") == Page(page.read_text("utf-8")).elements


def test_the_keyboard_reaches_every_fold_link_and_box_and_shows_where_it_is(desktop: Tab) -> None:
    wanted = set(desktop.ask(REACHABLE))
    reached: set[int] = set()
    tags = set()
    for _ in range(len(wanted) + 5):
        desktop.press("Tab")
        at = desktop.ask(FOCUSED)
        if at["tag"] == "body" or at["at"] in reached:
            break
        reached.add(at["at"])
        tags.add(at["tag"])
        assert at["style"] != "none", at
        assert at["outline"] >= 2, at
        assert at["seen"], at
    assert wanted <= reached
    assert {"a", "summary", "div", "button"} <= tags


def test_a_key_opens_a_fold(plain: Tab) -> None:
    plain.call("Emulation.setScriptExecutionDisabled", value=False)
    plain.ask("document.querySelector('details:not([open]) > summary').focus()")
    plain.press("Enter")
    assert plain.ask("document.activeElement.parentElement.open")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_evidence_of_a_finding_opens_and_is_in_view(browser: Browser, page: Path, script: bool) -> None:
    target = re.findall(r'href="#([^"]*)">Evidence', page.read_text("utf-8"))[0]
    tab = Tab(browser, *DESKTOP, script=script).open(page, f"#{target}")
    tab.call("Emulation.setScriptExecutionDisabled", value=False)
    row = f"document.getElementById({target!r})"
    assert tab.ask(f"{row}.checkVisibility()")
    box = tab.ask(f"(({{top, bottom}}) => [top, bottom])({row}.getBoundingClientRect())")
    assert -1 <= box[0] < DESKTOP[1]
    assert "1.99" in tab.ask(f"{row}.textContent")
    assert tab.ask(f"!{row}.closest('details.group').querySelector('details.harm').open")
    tab.close()


def test_a_column_sorts_and_says_so(desktop: Tab) -> None:
    desktop.ask(OPEN_ALL)
    grid = "document.querySelector('table.grid')"
    column = f"[...{grid}.tBodies[0].rows].map(row => +row.cells[1].textContent.replace(/,/g, ''))"
    desktop.ask(f"{grid}.tHead.rows[0].cells[1].querySelector('button').click()")
    assert desktop.ask(column) == sorted(desktop.ask(column), reverse=True)
    assert desktop.ask(f"{grid}.tHead.rows[0].cells[1].getAttribute('aria-sort')") == "descending"
    desktop.ask(f"{grid}.tHead.rows[0].cells[1].querySelector('button').click()")
    assert desktop.ask(column) == sorted(desktop.ask(column))


def test_charts_links_and_boxes_have_names(desktop: Tab) -> None:
    desktop.call("Accessibility.enable")
    nodes = desktop.call("Accessibility.getFullAXTree")["nodes"]
    named: dict[str, list[str]] = {}
    for node in nodes:
        if not node.get("ignored"):
            named.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
    for role in ("image", "link", "region", "table", "button", "navigation"):
        assert named.get(role), role
        assert all(name.strip() for name in named[role]), role
    assert len(named["heading"]) > 10


@pytest.mark.parametrize("size", PAPER)
def test_on_paper_pages_are_numbered_and_what_is_cited_is_there(
    browser: Browser, page: Path, told: dict[str, Any], tmp_path: Path, size: str
) -> None:
    pages = printed(Tab(browser, *DESKTOP, dark=True), page, tmp_path, PAPER[size])
    whole = " ".join(" ".join(pages).split())
    assert 8 < len(pages) < 45
    for i, text in enumerate(pages, 1):
        assert f"Snapshot {told['snapshot']['id']}" in text
        assert f"{i} / {len(pages)}" in text
    assert "By rule, Nigeria" in whole  # the fold that a finding cites
    assert "By rule, France" not in whole
    assert "The market in Lagos opened" not in whole  # stays behind its warning
    assert "Warning: may hold insults" in whole


def test_paper_is_white_whatever_the_screen_is(browser: Browser, page: Path) -> None:
    tab = Tab(browser, *DESKTOP, dark=True).open(page)
    tab.call(
        "Emulation.setEmulatedMedia",
        media="print",
        features=[{"name": "prefers-color-scheme", "value": "dark"}],
    )
    assert tab.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.ask(FAINT) == []
    # Chromium leaves out the box of a button in heads that it repeats on the next page.
    assert tab.ask("getComputedStyle(document.querySelector('thead button')).display") == "contents"
    tab.close()


def test_nothing_is_cut_off_at_the_edge_of_the_paper(browser: Browser, page: Path) -> None:
    tab = Tab(browser, 680, 900).open(page)  # the width of A4 between its margins, in CSS pixels
    tab.call("Emulation.setEmulatedMedia", media="print")
    tab.ask("document.querySelectorAll('details.cited').forEach(fold => { fold.open = true })")
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")
    assert tab.ask(OVER) == []
    tab.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_largest_report_can_be_read(browser: Browser, tmp_path: Path, width: tuple[int, int]) -> None:
    path = tmp_path / "large.html"
    path.write_text(render(reports.large()), "utf-8")
    tab = Tab(browser, *width).open(path)
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")
    assert tab.complaints == []
    tab.close()


def printed(tab: Tab, page: Path, folder: Path, size: tuple[float, float]) -> list[str]:
    """The text of each printed page."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no Chromium page on paper was read: `apt-get install poppler-utils`")
    tab.open(page)
    path = folder / "page.pdf"
    path.write_bytes(tab.paper(paperWidth=size[0], paperHeight=size[1]))
    tab.close()
    found = subprocess.run([reader, "-layout", path, "-"], capture_output=True, check=True)
    return found.stdout.decode().split("\f")[:-1]
