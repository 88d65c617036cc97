"""Files written, planned and read in one go."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.sources.reading import SPLIT, Row, read_path


@pytest.fixture
def rows_of(tmp_path: Path) -> Callable[..., list[Row]]:
    """Write bytes to a file of that name and read it."""

    def write_and_read(name: str, data: bytes, split_bytes: int = SPLIT, **settings: Any) -> list[Row]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return read_path(path, split_bytes, **settings)

    return write_and_read
