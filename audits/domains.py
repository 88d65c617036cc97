"""Registered domain of a host, by the public-suffix list (publicsuffix.org; Mozilla, MPL 2.0) of tldextract.

The list's ICANN part counts, its private part (`github.io`) does not: the answers are those of tldextract's
default. Only its file is read, since its own tree of all rules takes 0.2 s to build in every process.
"""

import functools

import idna
import pyarrow as pa

from filters import package_files

LIST = ".tld_set_snapshot"
PRIVATE = "// ===BEGIN PRIVATE DOMAINS==="
DOTS = str.maketrans("。．｡", "...")  # those that IDNA reads as a full stop


def of_hosts(host: pa.StringArray) -> pa.StringArray:
    """Registered domain of each host; the host itself where it has none (an address); null for null."""
    encoded = host.dictionary_encode()
    names = pa.array([registered(name) for name in encoded.dictionary.to_pylist()], pa.string())
    return names.take(encoded.indices)


@functools.lru_cache(maxsize=1 << 16)
def registered(host: str) -> str:
    """The public suffix of a host in lower case and the label before it; the host where either is absent."""
    labels = host.translate(DOTS).rstrip(".").split(".")
    start = _suffix_start([_decoded(label) for label in labels])
    return ".".join(labels[start - 1 :]) if 0 < start < len(labels) and labels[start - 1] else host


def _suffix_start(labels: list[str]) -> int:
    """Index of the suffix's first label: the longest rule, or what an exception leaves; len: no rule."""
    known, start = rules(), len(labels)
    above = ""
    for i in range(len(labels) - 1, -1, -1):
        name = f"{labels[i]}.{above}" if above else labels[i]
        if f"!{name}" in known:
            return i + 1
        if name in known or f"*.{above}" in known:
            start = i
        above = name
    return start


def _decoded(label: str) -> str:
    if label.startswith("xn--"):
        try:
            return str(idna.decode(label))
        except (UnicodeError, IndexError):
            return label
    return label


@functools.cache
def rules() -> frozenset[str]:
    """The ICANN rules as written: `com`, `co.uk`, `*.ck`, `!www.ck`."""
    folder = package_files.folder_of("tldextract", "tldextract", "the public-suffix list")
    text = (folder / LIST).read_text(encoding="utf-8")
    lines = text.partition(PRIVATE)[0].splitlines()
    return frozenset(line.split()[0] for line in lines if line and not line.startswith("//"))
