"""Plain twins of the kernels: slow, short, and written from the definition, not from the kernel."""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

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


# --- quality (filters/quality.py); words and sentences come from spaCy itself ---

CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
POLICIES = (
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def gopher_quality(text: str, words: list[str], symbols: set[str], stop_words: set[str]) -> dict[str, Any]:
    real = [word for word in words if not symbols.issuperset(word)]
    lines = text.splitlines()
    return {
        "gopher_words": len(real),
        "gopher_mean_word_length": ratio(sum(map(len, real)), len(real)),
        "gopher_hash_ratio": ratio(text.count("#"), len(words)),
        "gopher_ellipsis_ratio": ratio(text.count("...") + text.count("…"), len(words)),
        "gopher_bullet_lines": ratio(sum(line.lstrip().startswith(("•", "-")) for line in lines), len(lines)),
        "gopher_ellipsis_lines": ratio(
            sum(line.rstrip().endswith(("...", "…")) for line in lines), len(lines)
        ),
        "gopher_letter_words": ratio(sum(any(c.isalpha() for c in word) for word in words), len(words)),
        "gopher_stop_words": len(stop_words & set(words)),
    }


def repeated(elements: list[str]) -> list[str]:
    """Those that stand earlier in the list."""
    return [element for i, element in enumerate(elements) if element in elements[:i]]


def top_gram(words: list[str], n: int) -> int:
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    top = max(grams, key=grams.count)  # the first of those that are equally frequent
    return len(" ".join(top)) * grams.count(top)


def duplicate_grams(words: list[str], n: int) -> int:
    seen, characters, i = set(), 0, 0
    while i + n <= len(words):
        gram = "".join(words[i : i + n])
        if gram in seen:
            characters += len(gram)
            i += n
        else:
            seen.add(gram)
            i += 1
    return characters


def gopher_repetition(text: str, words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"repetition_characters": len(text)}
    for name, elements in (
        ("paragraph", re.split(r"\n{2,}", text.strip())),
        ("line", re.split(r"\n+", text)),
    ):
        again = repeated(elements)
        found[f"repetition_{name}s"] = len(again) / len(elements) if text else None
        found[f"repetition_{name}_characters"] = ratio(sum(map(len, again)), len(text))
    for n in (2, 3, 4):
        found[f"repetition_top_{n}_gram"] = top_gram(words, n) / len(text) if len(words) >= n else None
    for n in range(5, 11):
        found[f"repetition_duplicate_{n}_grams"] = ratio(duplicate_grams(words, n), len(text))
    return found


def c4_quality(
    text: str, sentences: Callable[[str], int], closing: tuple[str, ...] | None
) -> tuple[dict[str, Any], str]:
    """Signals, and the text that the edits leave; `closing` None: lines need no closing mark."""
    kept: list[str] = []
    counts = dict.fromkeys(("lines_dropped", "citations", "lorem_lines", "bracket_lines", "sentences"), 0)
    for whole in text.splitlines(keepends=True):
        line = whole.strip()
        cited = CITATION.sub("", line)
        lower = cited.lower()
        counts["lines_dropped"] += 1
        if any(len(word) > 1000 for word in line.split()) or len(line.split()) < 3:
            continue
        if closing is not None and (cited.endswith("...") or not cited.endswith(closing)):
            continue
        counts["lorem_lines"] += "lorem ipsum" in lower
        if "javascript" in lower:
            continue
        counts["bracket_lines"] += "{" in cited
        if any(policy in lower for policy in POLICIES):
            continue
        counts["lines_dropped"] -= 1
        counts["citations"] += len(CITATION.findall(line))
        counts["sentences"] += sentences(cited)
        kept.append(CITATION.sub("", whole))
    last = text.splitlines(keepends=True)[-1:]
    if last and kept and last[0].splitlines() == last and counts["lines_dropped"]:
        # The last line had no line break. If it was dropped, the one before it loses its own.
        dropped_last = c4_quality(last[0], sentences, closing)[0]["c4_lines_dropped"]
        if dropped_last:
            kept[-1] = kept[-1].splitlines()[0]
    return {f"c4_{name}": count for name, count in counts.items()}, "".join(kept)


def fineweb_quality(text: str, words: list[str], terminal: set[str]) -> dict[str, Any]:
    lines = [line for line in text.split("\n") if line.strip()]
    return {
        "fineweb_lines": len(lines),
        "fineweb_punctuated_lines": ratio(sum(line[-1] in terminal for line in lines), len(lines)),
        "fineweb_short_lines": ratio(sum(len(line) <= 30 for line in lines), len(lines)),
        "fineweb_duplicate_chars": ratio(
            sum(map(len, repeated(lines))), len(text.replace("\n", "")) if lines else 0
        ),
        "fineweb_newlines_per_word": ratio(text.count("\n"), len(words)),
    }


# --- decontamination (filters/decontamination.py): n-grams as tuples of words, no hashes ---


def word_grams(text: str, ngram: int, shortest: int) -> set[tuple[str, ...]]:
    """All runs of `ngram` words; the whole text where it is shorter, but not below `shortest`."""
    found = dedup_words(text)
    if len(found) < shortest:
        return set()
    length = min(ngram, len(found))
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def contamination(
    text: str, items: list[list[str]], ngram: int, shortest: int
) -> tuple[int, float, int | None]:
    """(distinct n-grams found, share of the best item, the best item) among items of several texts."""
    found = dedup_words(text)
    runs = {
        tuple(found[i : i + length])
        for length in range(shortest, ngram + 1)
        for i in range(len(found) - length + 1)
    }
    held, best = set(), (0.0, 0, 0)
    for number, texts in enumerate(items):
        grams = set().union(*(word_grams(one, ngram, shortest) for one in texts))
        hits = grams & runs
        held |= hits
        if hits:
            best = max(best, (len(hits) / len(grams), len(hits), -number))
    return len(held), best[0], -best[2] if held else None


# --- balance (filters/raking.py): iterative proportional fitting, the textbook's way ---


def fit_proportionally(
    documents: list[int], member: list[list[int]], axes: list[list[int]], target: list[float], rounds: int
) -> list[float]:
    """Weights by rescaling each group of each axis in turn; each cell mentions at most one group an axis."""
    weights = [1.0] * len(documents)
    for _ in range(rounds):
        for columns in axes:
            sums = {
                g: sum(n * w for n, w, m in zip(documents, weights, member, strict=True) if m[g])
                for g in columns
            }
            whole = sum(sums.values())
            for i, m in enumerate(member):
                for g in columns:
                    if m[g]:
                        weights[i] *= target[g] * whole / sums[g]
    return weights


# --- groups (filters/groups.py, filters/group_lexicons.py) ---

IGNORED_IN_WORDS = (
    "\xad\u200c\u200d\u0640\u0670"
    + "".join(map(chr, range(0x64B, 0x660)))
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)
GROUP_JOINERS = "-'&\xb7\u2010\u2011\u2012\u2013\u2018\u2019\u02bc\u30fb"
GROUP_FOLDS = str.maketrans("أإآٱىςΣİ", "ااااي" + "σσi")


class GroupWord(NamedTuple):
    start: int
    end: int
    folded: str
    joined: bool  # to the word before, as two words of a term may be
    spaced: bool  # and by white space alone
    capital: bool


def group_fold(text: str) -> str:
    folded = (c if len(c.lower()) > 1 else c.lower() for c in text.translate(GROUP_FOLDS))
    return "".join(c for c in folded if c not in IGNORED_IN_WORDS)


def group_kind(c: str) -> str:
    """W: of a word; A: a word by itself; K: Katakana; i, j, d: in words, joiner, dot; s: space; o: other."""
    if c in IGNORED_IN_WORDS:
        return "i"
    if c in GROUP_JOINERS + ".":
        return "d" if c == "." else "j"
    if ord(c) < 0x40000 and (re.match(r"\w", c) or unicodedata.category(c)[0] == "M"):
        if any(
            first <= ord(c) <= last for first, last in ((0x30A0, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
        ):
            return "K"
        return "A" if any(first <= ord(c) <= last for first, last in WITHOUT_SPACES) else "W"
    return "s" if c.isspace() else "o"


def group_words(text: str) -> list[GroupWord]:
    kinds = "".join(map(group_kind, text))
    found: list[GroupWord] = []
    for match in re.finditer("A|W[Wi]*|K[Ki]*", kinds):
        joined = spaced = False
        if found:
            before = found[-1]
            gap, marks = text[before.end : match.start()], kinds[before.end : match.start()]
            joins = marks.count("j") + marks.count("d")
            short = "d" not in marks or before.end - before.start <= 2
            joined = "o" not in marks and len(gap) <= 8 and gap.count("\n") <= 1 and joins <= 1 and short
            spaced = joined and joins == 0
        folded = group_fold(match_text := text[match.start() : match.end()])
        capital = group_fold(match_text[0]) != match_text[0]
        found.append(GroupWord(match.start(), match.end(), folded, joined, spaced, capital))
    return found


@functools.cache
def group_words_of_term(text: str) -> list[str]:
    return [word.folded for word in group_words(text)]


def group_matches(text: str, terms: list[Any]) -> list[tuple[int, int, int]]:
    """(start, end, index in `terms`) of the matches that count."""
    words = group_words(text)
    found = []
    for number, term in enumerate(terms):
        lead, core, trail = map(group_words_of_term, (term.lead, term.core, term.trail))
        wanted = [*lead, *core, *trail]
        for i in range(len(words) - len(wanted) + 1):
            here = words[i : i + len(wanted)]
            if [w.folded for w in here] != wanted or not all(w.joined for w in here[1:]):
                continue
            first, last = i + len(lead), i + len(lead) + len(core) - 1
            span = words[first : last + 1]
            if term.exact and [text[w.start : w.end] for w in span] != [
                term.core[w.start : w.end] for w in group_words(term.core)
            ]:
                continue
            if term.not_after_capital and first and words[first].spaced and words[first - 1].capital:
                continue
            after = words[last + 1] if last + 1 < len(words) else None
            if term.not_before_capital and after and after.spaced and after.capital:
                continue
            found.append((span[0].start, span[-1].end, number))
    kept: list[tuple[int, int, int]] = []
    for axis in {term.group.partition("/")[0] for term in terms}:
        mine = [m for m in found if terms[m[2]].group.startswith(axis + "/")]
        hiding = [(s, e) for s, e, n in mine if terms[n].group.endswith("/-")]
        open_ = [
            m
            for m in mine
            if not terms[m[2]].group.endswith("/-") and not any(s <= m[0] and m[1] <= e for s, e in hiding)
        ]
        end, span = -1, (-1, -1)
        for m in sorted(open_, key=lambda m: (m[0], -m[1], m[2])):
            if m[0] >= end or m[:2] == span:
                end, span = m[1], m[:2]
                kept.append(m)
    once = {(s, e, terms[n].group): n for s, e, n in sorted(kept, key=lambda m: -m[2])}
    return sorted((s, e, n) for (s, e, _), n in once.items())


# --- dialect (filters/dialect.py) ---


def topic_shares(likelihoods: list[list[float]], alpha: float = 1.0, passes: int = 5) -> list[float]:
    def normal(row: list[float]) -> list[float]:
        return [value / sum(row) for value in row]

    each = [normal(row) for row in likelihoods]
    for _ in range(passes - 1):
        for i, row in enumerate(likelihoods):
            others = [sum(other[t] for j, other in enumerate(each) if j != i) for t in range(4)]
            each[i] = normal([row[t] * (others[t] + alpha) for t in range(4)])
    return [sum(row[t] for row in each) / len(each) for t in range(4)] if each else [float("nan")] * 4


# --- toxicity (filters/toxicity.py): plain words, and the aggregation of given scores ---

DISGUISES = {"@": "a", "4": "a", "$": "s", "5": "s", "0": "o", "1": "i", "3": "e"}
SPELLED = {"m": "am", "re": "are", "ll": "will", "ve": "have", "s": "", "d": ""}
QUOTES = set('"\u201c\u201d\u201e\u2018«»')


def in_word(char: str) -> bool:
    """A letter of ASCII, or anything beyond it that is no punctuation or space."""
    if char < "\x80":
        return char.isalpha()
    point = ord(char)
    breaks = ((0x80, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7), (0x2000, 0x206F), (0x3000, 0x303F), (0xFF00, 0xFF0F))
    return not any(first <= point <= last for first, last in breaks)


def plain_words(line: str, phrases: dict[str, str]) -> list[tuple[str, int, int]]:
    """(word, first character, the character after it) of a line, phrases replaced."""
    found: list[tuple[str, int, int]] = []
    word, begin = "", 0

    def finish(end: int) -> None:
        nonlocal word
        squeezed = re.sub(r"([a-z])\1\1+", r"\1", word)
        head, apostrophe, tail = squeezed.rpartition("'")
        head = head.replace("'", "")
        if apostrophe and tail == "t" and head.endswith("n"):
            parts = [head[:-1], "not"]
        elif apostrophe and tail in SPELLED:
            parts = [head, SPELLED[tail]]
        else:
            parts = [head + tail]
        found.extend((part, begin, end) for part in parts if part)
        word = ""

    for i, char in enumerate(line):
        before = line[i - 1] if i else " "
        after = line[i + 1] if i + 1 < len(line) else " "
        within = in_word(before) and in_word(after)
        if not word:
            begin = i
        if in_word(char):
            word += char.lower() if char < "\x80" else char
        elif char in DISGUISES and within:
            word += DISGUISES[char]
        elif char in "0123456789" or (char == "*" and word and (in_word(after) or after == "*")):
            word += char
        elif char in "'\u2019" and within:
            word += "'"
        else:
            finish(i)
            if char in QUOTES or char == "?":
                found.append(("?" if char == "?" else '"', i, i + 1))
    finish(len(line))

    words: list[tuple[str, int, int]] = []
    longest = max((phrase.count(" ") + 1 for phrase in phrases), default=0)
    i = 0
    while i < len(found):
        for length in range(min(longest, len(found) - i), 0, -1):
            run = found[i : i + length]
            replacement = phrases.get(" ".join(text for text, _, _ in run))
            if replacement is not None:
                if words and words[-1][0] == replacement:  # said once
                    words[-1] = (replacement, words[-1][1], run[-1][2])
                else:
                    words += [(text, run[0][1], run[-1][2]) for text in replacement.split()]
                i += length
                break
        else:
            words.append(found[i])
            i += 1
    return words


def toxicity(
    scores: list[tuple[float, int, int]], line_score: float
) -> tuple[float, float, float, int, int] | None:
    """(maximum, mean, share above `line_score`, begin, end) of scored pieces (score, begin, end)."""
    if not scores:
        return None
    exact = [round(score * 1_000_000) for score, _, _ in scores]
    worst = exact.index(max(exact))
    return (
        exact[worst] / 1e6,
        round(sum(exact) / 1e6 / len(exact), 6),
        round(sum(score / 1e6 > line_score for score in exact) / len(exact), 6),
        *scores[worst][1:],
    )


# --- pronouns (audits/pronouns.py) ---


def pronoun_counts(text: str, lists: dict[str, tuple[str, ...]]) -> tuple[list[int], int]:
    """(words in each list, words)."""
    spans = [text[word.start : word.end] for word in group_words(text)]
    words = ["".join(c for c in span if c not in IGNORED_IN_WORDS) for span in spans]
    small = [word.lower() for word in words if word.isascii()]
    return [sum(word in listed for word in small) for listed in lists.values()], len(words)


# --- passages about groups (audits/associations/sample.py) ---

CLOSERS = re.compile(rb"""(?:["')\]]|\xe2\x80\x9d|\xe2\x80\x99)*""")
ALONE = "".join(f"{chr(first)}-{chr(last)}" for first, last in WITHOUT_SPACES)
WORD_RUN = re.compile(rf"(?=\w)[{ALONE}]|(?:(?![{ALONE}])\w)+")


class Lexicon(NamedTuple):
    """What is known of words; `pairs`: the first two words of a group's name."""

    valence: dict[str, float]
    degree: dict[str, float]
    flags: dict[str, set[str]]
    occupations: dict[str, str]
    pairs: set[tuple[str, ...]]


def sentences(text: str, abbreviations: set[str]) -> list[str]:
    """The text, cut where sentences end."""
    data = text.encode()
    found, begin, at = [], 0, 0
    while at < len(data):
        mark, behind, stop = data[at : at + 1], at + 1, False
        if mark in b".!?":
            behind = CLOSERS.match(data, at + 1).end()  # type: ignore[union-attr]
            word = re.search(rb"[A-Za-z]*$", data[max(0, at - 8) : at])[0].decode().lower()  # type: ignore[index]
            short = mark == b"." and (len(word) == 1 or (len(word) < 8 and word in abbreviations))
            stop = data[behind : behind + 1].isspace() and not short
            behind = behind + 1 if stop else at + 1
        elif mark == b"\n":
            stop = at - begin >= 300 or re.match(rb"[ \t\r]*\n", data[at + 1 :]) is not None
        elif mark.isspace():
            stop = at - begin >= 1000
        at = behind
        if stop:
            found.append(data[begin:at].decode())
            begin = at
    return [*found, data[begin:].decode()]


def tone(line: list[str], known: Lexicon) -> int:
    """Tone in millionths of a sentence's words, "not" standing for a word that "'t" follows."""
    total, before = 0.0, None
    for i, word in enumerate(line):
        if word in known.flags["but"] and before is None:
            before, total = total, 0.0
        value = known.valence.get(word, 0.0)
        follows = line[i + 1] if i + 1 < len(line) else ""
        if value == 0 or word in known.degree or (word == "no" and follows in known.valence):
            continue
        sign = 1 if value > 0 else -1
        for distance, near in enumerate(reversed(line[max(0, i - 3) : i])):
            if near == "no":
                value *= -0.74 if distance < 2 else 1
            elif near not in known.valence:
                value += sign * known.degree.get(near, 0.0) * (1, 0.95, 0.9)[distance]
                value *= -0.74 if near in known.flags["negation"] else 1
        total += value
    total = total if before is None else 0.5 * before + 1.5 * total
    return round(total / (total * total + 15) ** 0.5 * 1e6)


def passages(
    documents: list[tuple[str, str, bool]], known: Lexicon, groups_of: Callable[[str], list[str]]
) -> dict[str, Any]:
    """What `sample.count` counts of (doc_id, text, whether it mentions groups), as plain dictionaries."""
    uses: dict[str, int] = {}
    together: dict[str, list[int]] = {}
    tones: dict[str, list[list[int]]] = {}
    pairs: dict[tuple[str, str], list[int]] = {}
    with_passage: dict[str, int] = {}
    for doc_id, text, named in documents:
        here: list[tuple[list[str], set[str]]] = []
        seen: set[str] = set()
        for sentence in sentences(text, known.flags["abbreviation"]):
            flat = normal(sentence)
            runs = list(WORD_RUN.finditer(flat))
            words = [run[0] for run in runs]
            line: list[str] = []
            for i, run in enumerate(runs):
                gap = flat[runs[i - 1].end() : run.start()] if i else ""
                if line and gap in ("'", "\u2019") and len(run[0].encode()) <= 2:
                    if run[0] == "t" and line[-1] in known.flags["stem"]:
                        line[-1] = "not"
                else:
                    line.append(run[0])
            counted = {
                word
                for word in words
                if 3 <= len(word.encode()) <= 24 and word[0] < "\u0800" and not re.search("[0-9_]", word)
            }
            seen |= counted
            original = set(line) | {words[i] for i in range(len(words)) if words[i] in known.flags["stem"]}
            for name in {known.occupations[word] for word in line if word in known.occupations}:
                row = together.setdefault(name, [0, 0, 0])
                row[0] += 1
                row[1] += bool(original & known.flags["women"])
                row[2] += bool(original & known.flags["men"])
            names = bool(original & known.flags["names"]) or bool(
                known.pairs & set(itertools.pairwise(words))
            )
            labels = groups_of(sentence) if named and names else []
            labels = [*labels, *sorted({label.partition("/")[0] for label in labels})]
            if labels:
                here.append((sorted(counted), set(labels)))
            value = tone(line, known)
            for label in labels:
                cell = tones.setdefault(label, [[0] * 4 for _ in range(64)])[int(doc_id[-2:], 16) % 64]
                for k, part in enumerate((1, value, round(value * (value / 1e6)), int(value <= -50_000))):
                    cell[k] += part
        for word in seen:
            uses[word] = uses.get(word, 0) + 1
        for label in set().union(*(labels for _, labels in here)):
            with_passage[label] = with_passage.get(label, 0) + 1
            axis = label.partition("/")[0]
            inside = {word for words, labels in here if label in labels for word in words}
            outside = {
                word for words, labels in here if axis in labels and label not in labels for word in words
            }
            for word in inside:
                counts = pairs.setdefault((label, word), [0, 0])
                counts[0] += 1
                counts[1] += word not in outside
    return {"uses": uses, "together": together, "tones": tones, "pairs": pairs, "documents": with_passage}
