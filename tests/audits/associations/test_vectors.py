"""Files of word vectors: header or none, words looked for in three forms, faults with their line."""

from pathlib import Path

import numpy as np
import pytest

from audits.associations import vectors
from schemas.errors import UserError


def write(folder: Path, text: str | bytes) -> str:
    path = folder / "vectors.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


@pytest.mark.parametrize("header", ["", "3 2\n"])
def test_wanted_words_are_read_at_length_1(tmp_path: Path, header: str) -> None:
    path = write(tmp_path, f"{header}she 3 4\nother x y z\nhe 0 -2\n")
    found = vectors.load(path, ["she", "he", "absent"])
    assert found.rows == {"she": 0, "he": 1}
    assert np.allclose(found.matrix, [[0.6, 0.8], [0, -1]])


def test_words_are_found_as_written_then_in_lower_case_then_capitalised(tmp_path: Path) -> None:
    path = write(tmp_path, "amy 1 0\nAmy 0 1\nParis 1 1\nnasa 1 2\n")
    found = vectors.load(path, ["Amy", "paris", "NASA", "nobody"])
    rows, missing = found.found(["Amy", "paris", "NASA", "nobody"])
    assert [list(found.rows)[row] for row in rows] == ["Amy", "Paris", "nasa"]
    assert missing == ["nobody"]


def test_the_first_of_two_lines_of_a_word_stays(tmp_path: Path) -> None:
    assert np.allclose(vectors.load(write(tmp_path, "she 1 0\nshe 0 1\n"), ["she"]).matrix, [[1, 0]])


FAULTS = [
    ("she 1 2\nhe 1\n", "line 2: not 2 numbers"),
    ("she 1 two\n", "line 1: not 2 numbers"),
    ("she 0 0\n", "line 1: not 2 numbers, or all of them 0"),
    ("she nan 1\n", "line 1"),
    ("", "holds no vectors"),
    ("5 300\n", "holds no vectors"),
    (b"\xff\xfe\x00", "holds no vectors"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_faults_name_the_line(tmp_path: Path, text: str | bytes, fault: str) -> None:
    with pytest.raises(UserError, match=fault):
        vectors.load(write(tmp_path, text), ["she", "he"])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        vectors.load(str(tmp_path / "absent.txt"), ["she"])
    with pytest.raises(UserError, match="cannot be read"):
        vectors.load(str(tmp_path), ["she"])
