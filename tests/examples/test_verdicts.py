"""Quality rules do to the example corpus what the ids say, and nothing else."""

from collections import defaultdict

import pyarrow as pa
import pytest

from filters import language, quality
from filters.catalogue import BY_NAME
from schemas.config import Config

FAMILIES = ("gopher_repetition", "gopher_quality", "c4_quality", "fineweb_quality")
# A document of no character is quarantined or dropped elsewhere; 100,000 words would outweigh the corpus.
NOT_SHOWN = {"gopher_repetition.empty", "fineweb_quality.empty", "gopher_quality.too_many_words"}
Verdicts = tuple[dict[str, set[str]], dict[str, set[str]], set[str]]


@pytest.fixture(scope="module")
def verdicts(texts: dict[str, str]) -> Verdicts:
    """(id -> reasons fired, id -> entities edited, all reasons), by defaults."""
    names = list(texts)
    text = pa.array(list(texts.values()))
    labels, scores = language.identify(text)
    batch = pa.RecordBatch.from_arrays([text, labels], names=["text", "language"])
    parameters = Config().parameters()
    signals, edits = quality.measure(batch, FAMILIES, parameters)
    signals = signals.append_column("language_score", scores)
    fired: dict[str, set[str]] = defaultdict(set)
    reasons = set()
    for family in FAMILIES:
        for firing in BY_NAME[family].fire(signals, parameters[family]):
            reasons.add(f"{family}.{firing.reason}")
            for row in firing.removes.nonzero()[0]:
                fired[names[row]].add(f"{family}.{firing.reason}")
    entities = {
        name: {edit["entity"] for edit in row} for name, row in zip(names, edits.to_pylist(), strict=True)
    }
    return fired, entities, reasons


def test_every_low_document_is_removed_for_the_reason_in_its_id(
    texts: dict[str, str], verdicts: Verdicts
) -> None:
    fired, _, _ = verdicts
    low = [name for name in texts if name.startswith("low:")]
    assert low
    assert not [name for name in low if name.removeprefix("low:") not in fired[name]]


def test_every_reason_but_three_is_shown(verdicts: Verdicts) -> None:
    fired, _, reasons = verdicts
    assert reasons - set().union(*fired.values()) == NOT_SHOWN


def test_edited_documents_lose_text_and_stay(texts: dict[str, str], verdicts: Verdicts) -> None:
    fired, entities, _ = verdicts
    edited = [name for name in texts if name.startswith("edited:")]
    assert edited
    for name in edited:
        assert entities[name] == {name.removeprefix("edited:").partition(".")[0]}
        assert name not in fired


def test_no_ordinary_document_is_removed(verdicts: Verdicts) -> None:
    """Not even Yoruba, which lid.176 takes for Irish or Catalan, with low scores: docs/decisions/60."""
    planted = ("low:", "dup-case-of:", "dup-space-of:")
    assert [name for name in verdicts[0] if not name.startswith(planted)] == []
