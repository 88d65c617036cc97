"""Personal data in text: Presidio's recognisers decide, Hyperscan says where they have to look.

pii_matches       int32, stretches of text that the filter replaces
pii_contacts      int32, of them e-mail addresses and phone numbers
pii_identifiers   int32, numbers that states give to people
pii_financial     int32, cards, accounts, wallets
pii_network       int32, IP and MAC addresses
pii_secrets       int32, keys, tokens, passwords in links
pii_names         int32, names, places and organisations; null where no model is given
pii_refused_NAME  int32, candidates that the validator NAME refuses (filters/pii_validators.py)

All are null where there is no text. What is found leaves the text as edits. Since a replacement can change
what stands near other candidates, the result is looked at again until nothing more is found: so scrubbing
a scrubbed text changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from filters import checks, pii_findings, pii_json, pii_surrogates, pii_validators
from filters.checks import Check, Firing
from filters.pii_findings import Finding
from schemas.ledger import EDIT, EDITS
from schemas.parameters import PII_ENTITIES, Pii

VERSION = 1
KINDS: dict[str, set[str]] = {
    "pii_contacts": {"EMAIL_ADDRESS", "PHONE_NUMBER"},
    "pii_financial": {"CREDIT_CARD", "IBAN_CODE", "CRYPTO"},
    "pii_network": {"IP_ADDRESS", "MAC_ADDRESS"},
    "pii_secrets": {"API_KEY", "PRIVATE_KEY", "URL_CREDENTIALS"},
    "pii_names": set(pii_findings.NAMES),
}
KINDS["pii_identifiers"] = {*map(str, PII_ENTITIES)} - {entity for kind in KINDS.values() for entity in kind}
ORDER: dict[str, int] = {entity: place for place, entity in enumerate(PII_ENTITIES)}
KIND_OF = {entity: kind for kind, entities in KINDS.items() for entity in entities}
SIGNALS = pa.schema(
    [
        pa.field(name, pa.int32())
        for name in (
            "pii_matches",
            "pii_contacts",
            "pii_identifiers",
            "pii_financial",
            "pii_network",
            "pii_secrets",
            "pii_names",
            *(f"pii_refused_{name}" for name in pii_validators.NAMES),
        )
    ]
)
CHECKS = (
    Check("pii_matches", "at_most", "max_matches", "too_many_matches"),
    Check("pii_contacts", "at_most", "max_contacts", "too_many_contacts"),
    Check("pii_identifiers", "at_most", "max_identifiers", "too_many_identifiers"),
    Check("pii_financial", "at_most", "max_financial", "too_many_financial"),
    Check("pii_secrets", "at_most", "max_secrets", "too_many_secrets"),
)
ROUNDS = 10  # looks at a text; two are the rule


class Span(NamedTuple):
    """A stretch of the input that is replaced."""

    start: int
    end: int
    entity: str
    replacement: str


def fire(signals: pa.RecordBatch, parameters: Pii) -> list[Firing]:
    """One Firing for each check whose bound is set; none is by default."""
    return checks.fire(CHECKS, signals, parameters)


def prepare(parameters: Pii) -> None:
    """Loads and compiles what `measure` needs, in 2 to 3 seconds; processes forked afterwards share it."""
    pii_findings.find(pa.array(["é +1 212 555 0123, ssn 123456780"]), parameters)


def measure(text: pa.StringArray, parameters: Pii) -> tuple[pa.RecordBatch, pa.ListArray]:
    """What is found in each text, and the edits that take it out.

    Args:
        text: n texts; null where there is none.
        parameters: what is looked for, and what replaces it.

    Returns:
        (SIGNALS, EDITS), n rows each, in the same order.

    Raises:
        UserError: the key of the surrogates or the model of names cannot be read.
    """
    spans, refused = _look(text, parameters)
    absent = text.is_null().to_numpy(zero_copy_only=False)
    counts = {name: np.zeros(len(text), np.int32) for name in SIGNALS.names}
    for row in range(len(text)):
        for span in spans[row]:
            counts["pii_matches"][row] += 1
            counts[KIND_OF[span.entity]][row] += 1
        for name, times in refused[row].items():
            counts[f"pii_refused_{name}"][row] = times
    columns = {name: pa.array(column, mask=absent) for name, column in counts.items()}
    if parameters.names_model is None:
        columns["pii_names"] = pa.nulls(len(text), pa.int32())
    signals = pa.RecordBatch.from_arrays([columns[name] for name in SIGNALS.names], schema=SIGNALS)
    return signals, _edits(text, spans)


def scrub(values: pa.StringArray, parameters: Pii) -> pa.StringArray:
    """Values without personal data: links, samples, and metadata, which stays JSON; nulls stay null.

    Raises:
        UserError: the key of the surrogates or the model of names cannot be read.
    """

    def plain(texts: Sequence[str | None]) -> list[str | None]:
        spans, _ = _look(pa.array(texts, pa.string()), parameters)
        return [None if t is None else _replaced(t, s) for t, s in zip(texts, spans, strict=True)]

    return pa.array(pii_json.scrub(values.to_pylist(), plain), pa.string())


def _look(text: pa.StringArray, parameters: Pii) -> tuple[list[list[Span]], list[Counter[str]]]:
    """Spans of each text, sorted and disjoint, and how many candidates each validator refused."""
    spans: list[list[Span]] = [[] for _ in range(len(text))]
    refused: list[Counter[str]] = [Counter() for _ in range(len(text))]
    rows = list(range(len(text)))
    shown = text
    for turn in range(ROUNDS):
        changed = []
        for row, found in zip(rows, pii_findings.find(shown, parameters), strict=True):
            accepted = [finding for finding in found if finding.refused is None]
            if turn == 0:
                refused[row].update(f.refused for f in found if f.refused is not None)
            if not accepted:
                continue
            merged = _merged(text[row].as_py(), spans[row], accepted, parameters)
            if [span[:2] for span in merged] != [span[:2] for span in spans[row]]:
                spans[row] = merged
                changed.append(row)
        if not changed:
            break
        rows = changed
        shown = pa.array([_replaced(text[row].as_py(), spans[row]) for row in rows], pa.string())
    return spans, refused


def _merged(value: str, before: list[Span], accepted: list[Finding], parameters: Pii) -> list[Span]:
    """Spans of the input: those of the turns before and what was found in the text that they leave.

    Those that overlap become one, of the entity with the best score, then the longest.
    """
    found = [(*_in_input(before, f.start, f.end), f.score, f.entity) for f in accepted]
    kept = [(span.start, span.end, 2.0, span.entity) for span in before]
    inside = {(span.start, span.end) for span in before}
    every = sorted(kept + [one for one in found if (one[0], one[1]) not in inside])
    merged: list[Span] = []
    for start, stop, candidates in _clusters(every):
        best = max(candidates, key=lambda c: (c[2], c[1] - c[0], -ORDER[c[3]]))
        replacement = pii_surrogates.replacement(best[3], value[start:stop], parameters)
        merged.append(Span(start, stop, best[3], replacement))
    return merged


_Candidate = tuple[int, int, float, str]


def _clusters(candidates: list[_Candidate]) -> list[tuple[int, int, list[_Candidate]]]:
    """Sorted candidates, those that overlap together: (start, end, candidates)."""
    clusters: list[tuple[int, int, list[_Candidate]]] = []
    for candidate in candidates:
        if clusters and candidate[0] < clusters[-1][1]:
            start, end, members = clusters[-1]
            members.append(candidate)
            clusters[-1] = (start, max(end, candidate[1]), members)
        else:
            clusters.append((candidate[0], candidate[1], [candidate]))
    return clusters


def _in_input(spans: list[Span], start: int, end: int) -> tuple[int, int]:
    """A stretch of the text that `spans` leave, in characters of the input; spans it touches count whole."""
    shift = 0  # the input's offset minus the result's, behind the spans so far
    first, last = start, end
    started = False
    for span in spans:
        a = span.start - shift
        b = a + len(span.replacement)
        if b <= start and not started:
            shift += span.end - span.start - len(span.replacement)
            continue
        if not started:
            first = span.start if a < start else start + shift
            started = True
        if a >= end:
            break
        shift += span.end - span.start - len(span.replacement)
        if b >= end:
            return first, span.end if b > end or a < end else end + shift
    if not started:
        first = start + shift
    last = end + shift
    return first, last


def _replaced(value: str, spans: list[Span]) -> str:
    parts, at = [], 0
    for span in spans:
        parts += [value[at : span.start], span.replacement]
        at = span.end
    return "".join([*parts, value[at:]])


def _edits(text: pa.StringArray, spans: list[list[Span]]) -> pa.ListArray:
    """EDITS; a surrogate of an earlier run is its own replacement, and no edit."""
    flat: list[Span] = []
    offsets = np.zeros(len(spans) + 1, np.int32)
    for row, mine in enumerate(spans):
        value = text[row].as_py() if mine else ""
        flat += [span for span in mine if value[span.start : span.end] != span.replacement]
        offsets[row + 1] = len(flat)
    edit = pa.StructArray.from_arrays(
        [
            pa.array([span.entity for span in flat], pa.string()),
            pa.array([span.start for span in flat], pa.int64()),
            pa.array([span.end for span in flat], pa.int64()),
            pa.array([span.replacement for span in flat], pa.string()),
        ],
        fields=list(EDIT),
    )
    return pa.ListArray.from_arrays(pa.array(offsets), edit, type=EDITS)
