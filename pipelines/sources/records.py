"""Records as RECORD batches: which field is which, and how a fault looks.

The text field is given, or `text`, or `content`, or the only string field that has no other role. `id`,
`source`, `url` and `timestamp` go to their columns when their values can; everything else becomes the
metadata object, in the input's order (a value that its column refuses goes last).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sources.pieces import MAX_BYTES, MAX_ROWS
from schemas.document import RECORD

ROLES = ("source", "url", "timestamp")
TIMESTAMP = pa.timestamp("ms", tz="UTC")
LARGEST_SECONDS = (
    10**11
)  # an integer above it is milliseconds: as seconds the year 5138, as milliseconds 1973
LARGEST_MS = 10**14  # microseconds would start here


@dataclass(frozen=True)
class Fault:
    """One unreadable unit.

    Attributes:
        position: where it is, in the units of its format.
        reason: stable code.
        detail: for people; never text of the record.
        size: bytes that could not be read; None: unknown.
    """

    position: int
    reason: str
    detail: str
    size: int | None = None


def choose_text_field(strings: Iterable[str], fields: Iterable[str], id_field: str | None) -> str | None:
    """`text`, then `content`, then the only string field; None when there is no such choice.

    Args:
        strings: names of the fields whose values are strings.
        fields: names of all fields.
        id_field: as in `ReadSettings`; like `source`, `url` and `timestamp` it is never taken for the text.
    """
    names = set(fields)
    for name in ("text", "content"):
        if name in names:
            return name
    candidates = [name for name in strings if name != (id_field or "id") and name not in ROLES]
    return candidates[0] if len(candidates) == 1 else None


def no_text(field: str | None, columns: Sequence[str] = ()) -> str:
    """Detail of the reason `no_text` where the field is not there, or is two of the columns."""
    if field in columns:
        return f"{columns.count(str(field))} columns are named `{field}`"
    if field is None:
        return "no `text`, no `content` and no single string field; set `input.text_field`"
    return f"no field `{field}`"


def parse_timestamp(value: object) -> datetime | None:
    """ISO 8601 (naive: UTC), or an integer of epoch seconds or milliseconds; None where it is neither."""
    try:
        if isinstance(value, str):
            if value.isdigit() and len(value) != 8:  # an epoch as text, which would pass for a compact date
                return None
            moment = datetime.fromisoformat(value)
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_MS:
            moment = datetime.fromtimestamp(value if abs(value) < LARGEST_SECONDS else value / 1000, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if 1 < moment.year < 9999 else None  # room for any offset


class Rows:
    """Records and faults on their way into a batch.

    Args:
        id_field: as in `ReadSettings`.
    """

    def __init__(self, id_field: str | None) -> None:
        self._id_field = id_field
        self._clear()

    def _clear(self) -> None:
        self._positions: list[int] = []
        self._texts: list[str] = []
        self._records: list[dict[str, Any]] = []
        self._faults: list[Fault] = []
        self._size = 0

    def __len__(self) -> int:
        return len(self._positions) + len(self._faults)

    def full(self, size: int, n: int = 1) -> bool:
        """Whether the batch must be taken before n records of `size` bytes together come in."""
        return len(self) + n > MAX_ROWS or (self._size > 0 and self._size + size > MAX_BYTES)

    def extend(
        self, positions: list[int], texts: list[str], records: list[dict[str, Any]], size: int
    ) -> None:
        """Records of `size` bytes together, their texts taken out; consumed."""
        self._positions += positions
        self._texts += texts
        self._records += records
        self._size += size

    def fault(self, fault: Fault) -> None:
        """An unreadable unit."""
        self._faults.append(fault)

    def take(self) -> pa.RecordBatch:
        """What was added since the last time, ordered by position."""
        roles = _take_roles(self._records, self._id_field)
        metadata = [orjson.dumps(record) if record else None for record in self._records]
        batch = pa.record_batch(
            [
                pa.array(self._positions, pa.int64()),
                pa.array(self._texts, pa.string()),
                *roles,
                pa.array(metadata, pa.binary()).view(pa.string()),
                *nothing_wrong(len(metadata)),
            ],
            schema=RECORD,
        )
        faults = self._faults
        self._clear()
        return with_faults(batch, faults)


def nothing_wrong(n: int) -> list[pa.Array]:
    """The three error columns of n readable records."""
    return [pa.nulls(n, pa.string()), pa.nulls(n, pa.string()), pa.nulls(n, pa.int64())]


def with_faults(batch: pa.RecordBatch, faults: Sequence[Fault]) -> pa.RecordBatch:
    """`batch` and one row a fault, ordered by position."""
    if not faults:
        return batch
    n = len(faults)
    errors = pa.record_batch(
        [
            pa.array([fault.position for fault in faults], pa.int64()),
            *(pa.nulls(n, field.type) for field in list(RECORD)[1:7]),
            pa.array([fault.reason for fault in faults], pa.string()),
            pa.array([fault.detail for fault in faults], pa.string()),
            pa.array([fault.size for fault in faults], pa.int64()),
        ],
        schema=RECORD,
    )
    if not batch.num_rows:
        return errors.take(pc.sort_indices(errors["position"]))
    both = pa.Table.from_batches([batch, errors])
    return both.take(pc.sort_indices(both["position"])).combine_chunks().to_batches()[0]


def _take_roles(records: list[dict[str, Any]], id_field: str | None) -> list[pa.Array]:
    """Columns source_id, source, url, timestamp; what a column refuses stays in its record."""
    key = id_field or "id"
    if key in ROLES:  # the id of a record may be its url, which stays its url
        ids = [record.get(key) for record in records]
    else:
        ids = [record.pop(key, None) for record in records]
    sources = [record.pop("source", None) for record in records]
    urls = [record.pop("url", None) for record in records]
    raw = [record.pop("timestamp", None) for record in records]
    moments = [None if value is None else parse_timestamp(value) for value in raw]
    for record, value, moment in zip(records, raw, moments, strict=True):
        if moment is None and value is not None:
            record["timestamp"] = value
    return [
        _strings(ids, records, key, numbers=True),
        _strings(sources, records, "source", numbers=False),
        _strings(urls, records, "url", numbers=False),
        pa.array(moments, TIMESTAMP),
    ]


def _strings(values: list[Any], records: list[dict[str, Any]], key: str, *, numbers: bool) -> pa.StringArray:
    """`values` as a column: strings that are not empty, numbers as text if they may; the rest goes back."""
    try:
        column = pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        column = None
    if column is not None and "" not in values:
        return column
    kept: list[str | None] = []
    for value, record in zip(values, records, strict=True):
        if isinstance(value, str):
            kept.append(value or None)
        elif numbers and isinstance(value, int | float) and not isinstance(value, bool):
            kept.append(str(value))
        elif numbers and isinstance(value, orjson.Fragment):  # an integer of more than 64 bits
            kept.append(orjson.dumps(value).decode())
        else:
            kept.append(None)
            if value is not None:
                record[key] = value
    return pa.array(kept, pa.string())
