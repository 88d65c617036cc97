"""Plain twins of the kernels: slow, short, and written from the definition, not from the kernel."""

import itertools
import re
from typing import Any

from filters.words import WITHOUT_SPACES

# --- dedup (filters/near_dedup.py, filters/words.py) ---

MASK = (1 << 64) - 1
K0, K1, K2, K3 = 0xE220A8397B1DCDAF, 0x6E789E6AA1B965F5, 0x06C45D188009454F, 0xF88BB8A8724C81ED


def normal(text: str) -> str:
    """Lower-cased, final sigma folded, white space collapsed."""
    return " ".join(text.lower().replace("ς", "σ").split())


def dedup_words(text: str) -> list[str]:
    r"""`\w+` of the normal text; in scripts without spaces each character."""
    alone = "".join(f"{chr(first)}-{chr(last)}" for first, last in WITHOUT_SPACES)
    return re.findall(rf"(?=\w)[{alone}]|(?:(?![{alone}])\w)+", normal(text))


def mix(a: int) -> int:
    product = (a ^ K0) * K1
    return (product & MASK) ^ (product >> 64)


def hash_word(word: bytes) -> int:
    value = mix(len(word))
    while len(word) > 8:
        value = (mix(value ^ int.from_bytes(word[:8], "little")) + K2) & MASK
        word = word[8:]
    return mix(value ^ int.from_bytes(word, "little"))


def shingles(text: str, ngram: int) -> list[int]:
    hashes = [hash_word(word.encode()) for word in dedup_words(text)]
    found = set()
    for start in range(max(1, len(hashes) - ngram + 1)):
        digits = 0
        for value in hashes[start : start + ngram]:
            digits = (digits * K3 + value) & MASK
        if hashes:
            found.add(mix(digits))
    return sorted(found)


def set_hash(found: list[int]) -> int:
    return (mix((len(found) + sum(map(mix, found))) & MASK) | 1) if found else 0


def splitmix64(state: int, count: int) -> list[int]:
    outputs = []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        outputs.append(z ^ (z >> 31))
    return outputs


def band_keys(found: list[int], bands: int, rows: int) -> list[int]:
    if not found:
        return [0] * bands
    lows = [
        min((((seed >> 32) | 1) * x + seed) % 2**32 for x in found)
        for seed in splitmix64(0x4556454E48414E44, bands * rows)
    ]
    keys = []
    for band in range(bands):
        key = mix(band)
        for value in lows[band * rows : (band + 1) * rows]:
            key = mix(key ^ value)
        keys.append(key)
    return keys


def match(
    rows: list[tuple[int, int, int]], max_bucket: int, first_old: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]], int, int, int]:
    """(stars, pairs, guarded buckets, guarded documents, skipped pairs) of rows (key, set hash, document)."""
    stars, pairs = [], []
    guarded_buckets = guarded_documents = skipped = 0
    for _, bucket in itertools.groupby(sorted(rows), key=lambda row: row[0]):
        members = list(bucket)
        heads = []
        for _, equal in itertools.groupby(members, key=lambda row: row[1]):
            head, *others = [document for _, _, document in equal]
            heads.append(head)
            stars += [(head, other) for other in others if head < first_old]
        every = [tuple(sorted(p)) for p in itertools.combinations(heads, 2) if min(p) < first_old]
        if len(heads) > max_bucket and every:
            linear = set(itertools.pairwise(heads)) | {(heads[0], other) for other in heads[1:]}
            compared = {tuple(sorted(p)) for p in linear if min(p) < first_old}
            guarded_buckets += 1
            guarded_documents += len(members)
            skipped += len(every) - len(compared)
            pairs += compared
        else:
            pairs += every
    return sorted(stars), sorted(set(pairs)), guarded_buckets, guarded_documents, skipped


def components(edges: list[tuple[int, int]]) -> dict[int, int]:
    """Smallest node of its component, by node."""
    label = {node: node for edge in edges for node in edge}
    changed = True
    while changed:
        changed = False
        for a, b in edges:
            low = min(label[a], label[b])
            changed |= label[a] != low or label[b] != low
            label[a] = label[b] = low
    return label


# --- edits (filters/edits.py) ---


def apply_edits(text: str, edits: list[dict[str, Any]]) -> str:
    for edit in reversed(edits):
        text = text[: edit["start"]] + edit["replacement"] + text[edit["end"] :]
    return text


def merge_edits(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drops what another edit covers, then joins what overlaps until nothing does."""
    both = [(edit, 0) for edit in first] + [(edit, 1) for edit in second]
    left = [
        (edit, side)
        for edit, side in both
        if not any(
            other["start"] <= edit["start"]
            and edit["end"] <= other["end"]
            and ((other["start"], other["end"]) != (edit["start"], edit["end"]) or other_side < side)
            for other, other_side in both
        )
    ]
    left.sort(key=lambda item: item[0]["start"])
    groups: list[list[tuple[dict[str, Any], int]]] = []
    for item in left:
        if groups and item[0]["start"] < groups[-1][-1][0]["end"]:
            groups[-1].append(item)
        else:
            groups.append([item])
    merged = []
    for group in groups:
        speaker = next((edit for edit, side in group if side == 0), group[0][0])
        merged.append({**speaker, "start": group[0][0]["start"], "end": group[-1][0]["end"]})
    return merged
