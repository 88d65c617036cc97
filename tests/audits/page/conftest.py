"""A browser for the tests of the page, and the pages it shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audits.page import render
from tests.audits.page import browser as chromium
from tests.audits.page import reports

NO_BROWSER = "no Chromium"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Browser]:
    """Chromium without a window."""
    if chromium.program() is None:
        pytest.skip(f"{NO_BROWSER}: the page was not looked at in a browser; `apt-get install chromium`")
    with chromium.running(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="session")
def told() -> dict[str, Any]:
    """A whole report with a planted rule; not to be changed."""
    return reports.report()


@pytest.fixture(scope="session")
def page(told: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(told), "utf-8")
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests had no browser: they are easy to overlook among other skips."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(r.longrepr)]
    if skipped:
        terminalreporter.write_sep("!", f"{len(skipped)} tests skipped: {NO_BROWSER}", red=True)
