"""Evenhand curates text corpora for language-model training, and proves what the curation did to people.

import evenhand
snapshot = evenhand.curate("corpus/", "out")
snapshot.explain("news-07.jsonl#8812")
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evenhand.library import audit, curate
    from evenhand.snapshot import Snapshot

__version__ = "0.1.0"
__all__ = ["Snapshot", "__version__", "audit", "curate"]


def __getattr__(name: str) -> object:
    # PEP 562: `import evenhand` loads neither Arrow nor Beam.
    if name in ("audit", "curate"):
        from evenhand import library

        return getattr(library, name)
    if name == "Snapshot":
        from evenhand.snapshot import Snapshot

        return Snapshot
    message = f"module `evenhand` has no attribute `{name}`"
    raise AttributeError(message)
