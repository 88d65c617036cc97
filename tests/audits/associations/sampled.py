"""Documents for the tests of associations."""

from collections.abc import Sequence

import pyarrow as pa
import xxhash

from filters import groups


def documents(texts: Sequence[str], language: str = "en", first: int = 0) -> pa.RecordBatch:
    """A batch of documents of some texts, as `curate` keeps them."""
    text = pa.array(texts, pa.string())
    languages = pa.array([language] * len(text), pa.string())
    doc_id = [xxhash.xxh3_128_hexdigest(f"test#{first + i}".encode()) for i in range(len(text))]
    columns = {"doc_id": pa.array(doc_id, pa.string()), "text": text, "language": languages}
    return pa.RecordBatch.from_pydict(columns | {"groups": groups.mentions(text, languages)})
