"""The key of PII's surrogates: read from a file or the environment, known elsewhere by its fingerprint."""

import hashlib
import os
from pathlib import Path

LEAST_BYTES = 16


def read(key_file: str | None, key_env: str | None) -> bytes:
    """The key, without white space around it.

    Raises:
        ValueError: it cannot be read, or is too short; the message never holds it.
    """
    if key_file is not None:
        try:
            key = Path(key_file).read_bytes().strip()
        except OSError as error:
            raise ValueError(f"`{key_file}` cannot be read: {error.strerror}") from error
        place = f"`{key_file}`"
    else:
        value = os.environ.get(key_env or "")
        if value is None:
            raise ValueError(f"the environment has no `{key_env}`")
        key, place = value.strip().encode(), f"`{key_env}`"
    if len(key) < LEAST_BYTES:
        raise ValueError(f"{place} holds {len(key)} bytes, must hold at least {LEAST_BYTES}")
    return key


def fingerprint(key: bytes) -> str:
    """16 hex digits that tell keys apart and give none away."""
    return hashlib.sha256(b"evenhand pii key\0" + key).hexdigest()[:16]
