"""What all tests share: the real data beside the repository, and how hard Hypothesis tries."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
ABSENT = "no shared data"

# `fast` repeats the same examples everywhere; `thorough` looks for new ones (EVENHAND_HYPOTHESIS=thorough).
settings.register_profile(
    "fast", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "thorough",
    max_examples=2000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("EVENHAND_HYPOTHESIS", "fast"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real text with known answers; not in the repository, since it is not ours to publish."""
    folder = Path(os.environ.get("EVENHAND_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "corpus").is_dir():
        pytest.skip(f"{ABSENT}: `{folder}` does not exist; EVENHAND_SHARED_DATA names another folder")
    return folder


@pytest.fixture(scope="session")
def shared_checks(shared_data: Path) -> Path:
    """Checks of the contracts that were written outside of this repository."""
    return shared_data.parent / "checks"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran without real data: they are easy to overlook among other skips."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if ABSENT in str(r.longrepr)]
    if skipped:
        terminalreporter.write_sep(
            "!", f"{len(skipped)} tests skipped: {ABSENT} beside the repository", red=True
        )
