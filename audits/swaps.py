"""Small changes of English text, to see whether a verdict hangs on them (docs/audit/counterfactual.md).

Identity swaps: gender words, a country, a religion. Restyling: case, punctuation, contractions, spelling.
Each is a function of the text and the document's id alone. Links, e-mail addresses and tags are left as they
are, but for their case. Case is kept: NIGERIAN becomes KENYAN. What a word means is not understood: `her`
before a word that can follow a possessive becomes `his`, else `him`.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from audits import swap_words as words

# A link, an e-mail address or a tag: nothing inside it is a word of the text.
MARKUP = r"\b(?:https?|ftp)://\S+|\bwww\.\S+|(?<![\w.+-])[\w.+-]{1,64}+@[\w.-]+|</?[A-Za-z][^<>]*>"
APOSTROPHE = "['’]"
_NEXT = re.compile(r"[ \t]+([A-Za-z]+)")


class Match(NamedTuple):
    """One place where a change applies.

    Attributes:
        word: as it stands in the text.
        text: all of it.
        end: where the word ends.
        key: of the document.
    """

    word: str
    text: str
    end: int
    key: str


def swap_gender(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """Women for men and the reverse: pronouns, kinship, titles; names stay."""
    return _rewritten(text, key, _gender_pattern(), _other_gender)


def swap_nationality(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """Each country another one, by the key: name, people and adjective; the same one all through a text."""
    return _rewritten(text, key, _countries()[0], _other_country)


def swap_religion(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """Each religion another one, by the key: name, believers, adjective, house of worship."""
    return _rewritten(text, key, _religions()[0], _other_religion)


def lower_case(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """All letters small."""
    del key
    return pc.utf8_lower(text)


def upper_case(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """All letters capital."""
    del key
    return pc.utf8_upper(text)


def punctuation(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """Curly quotes straight and straight ones curly, dashes two hyphens and the reverse, one space two."""
    return _rewritten(text, key, _PUNCTUATION, _other_mark)


def contractions(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """`it's` for `it is` and the reverse, where a word follows."""
    return _rewritten(text, key, _contraction_pattern(), _other_contraction)


def spelling(text: pa.StringArray, key: pa.StringArray) -> pa.StringArray:
    """British spelling American and the reverse."""
    return _rewritten(text, key, _spelling_pattern(), _other_spelling)


CHANGES: Mapping[str, Callable[[pa.StringArray, pa.StringArray], pa.StringArray]] = {
    change.__name__: change
    for change in (
        swap_gender,
        swap_nationality,
        swap_religion,
        lower_case,
        upper_case,
        punctuation,
        contractions,
        spelling,
    )
}


def _rewritten(
    text: pa.StringArray, key: pa.StringArray, pattern: re.Pattern[str], other: Callable[[Match], str]
) -> pa.StringArray:
    """Each match of `pattern`, unless it is markup, replaced by what `other` says."""

    def one(document: str, name: str) -> str:
        def put(found: re.Match[str]) -> str:
            if found["markup"] is not None:
                return found[0]
            return other(Match(found[0], document, found.end(), name))

        return pattern.sub(put, document)

    pairs = zip(text.to_pylist(), key.to_pylist(), strict=True)
    return pa.array(
        [None if document is None else one(document, name) for document, name in pairs], pa.string()
    )


def _pattern(terms: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str]:
    """Markup, or one of some words, the longest that fits, each as a whole word."""
    tree: dict[str, Any] = {}
    for term in terms:
        node = tree
        for character in term.lower():
            node = node.setdefault(character, {})
        node[""] = {}
    # Of ASCII letters only: the dotted capital I of Turkish would match an `i`, and not be found as one.
    word = rf"{before}(?<!\w)(?<!\w['’])(?a:{_branches(tree)})(?!\w){after}"
    return re.compile(rf"(?P<markup>{MARKUP})|{word}", re.IGNORECASE)


def _branches(node: dict[str, Any]) -> str:
    """Regular expression of a tree of characters, which is faster than one of its words side by side."""
    ways = [
        {" ": r"\s+", "'": APOSTROPHE}.get(character, re.escape(character)) + _branches(below)
        for character, below in sorted(node.items())
        if character
    ]
    if not ways:
        return ""
    joined = ways[0] if len(ways) == 1 and "" not in node else f"(?:{'|'.join(ways)})"
    return f"{joined}?" if "" in node else joined


def _cased(word: str, model: str) -> str:
    """`word` in the case of `model`; in its own where that tells nothing."""
    letters = [c for c in model if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return word.upper()
    if letters and letters[0].isupper():
        return word[:1].upper() + word[1:]
    return word[:1].lower() + word[1:] if not word.startswith("I'") and word != "I" else word


def _possesses(found: Match) -> bool:
    """Whether a word follows that can follow a possessive: `her house`, not `her and`."""
    following = _NEXT.match(found.text, found.end)
    return following is not None and following[1].lower() not in words.NO_NOUN


@functools.cache
def _gender_pattern() -> re.Pattern[str]:
    return _pattern([*words.GENDER, "her", "hers", "his", "him"])


def _other_gender(found: Match) -> str:
    word = found.word.lower()
    match word:
        case "her":
            other = "his" if _possesses(found) else "him"
        case "his":
            other = "her" if _possesses(found) else "hers"
        case "hers":
            other = "his"
        case "him":
            other = "her"
        case _:
            other = words.GENDER[word]
    return _cased(other, found.word)


class Form(NamedTuple):
    """A form of a name: `whose` place in the table, and `which` of its forms."""

    whose: int
    which: int


@functools.cache
def _countries() -> tuple[re.Pattern[str], dict[str, Form]]:
    return _forms(words.COUNTRIES)


@functools.cache
def _religions() -> tuple[re.Pattern[str], dict[str, Form]]:
    return _forms(words.RELIGIONS)


def _forms(table: tuple[tuple[str, ...], ...]) -> tuple[re.Pattern[str], dict[str, Form]]:
    """The pattern of all forms, with the article before them; and what each is, by its lower case."""
    forms = {
        form.lower(): Form(whose, which)
        for whose, row in enumerate(table)
        for which, form in reversed(list(enumerate(row)))
    }
    return _pattern(forms, before=r"(?:\ban? )?"), forms


def _other_country(found: Match) -> str:
    article, word = _article(found.word)
    form = _countries()[1][_plain(word)]
    which = form.which if form.which < words.ALIASES else 0
    return _renamed(article, word, _another(words.COUNTRIES, form, found.key)[which])


def _other_religion(found: Match) -> str:
    article, word = _article(found.word)
    form = _religions()[1][_plain(word)]
    which = words.ADJECTIVE if form.which == words.BELIEVER and _possesses(found) else form.which
    return _renamed(article, word, _another(words.RELIGIONS, form, found.key)[which])


def _another(table: tuple[tuple[str, ...], ...], form: Form, key: str) -> tuple[str, ...]:
    """Another row, drawn by the key; the same for all forms of a row."""
    step = xxhash.xxh3_64_intdigest(f"{key} {form.whose}".encode()) % (len(table) - 1)
    return table[(form.whose + 1 + step) % len(table)]


def _article(found: str) -> tuple[str, str]:
    """(article with its space, the rest); `an Indian`."""
    article, space, rest = found.partition(" ")
    return (article + space, rest) if article.lower() in ("a", "an") else ("", found)


def _plain(word: str) -> str:
    return " ".join(word.lower().split())


def _renamed(article: str, word: str, other: str) -> str:
    """`other` in the case of `word`, after the article that it takes: an Indian, a Ukrainian."""
    if word.islower() or word.isupper():
        other = other.lower() if word.islower() else other.upper()
    if article:
        n = "N" if article[:2] == "AN" or (article[0] == "A" and word.isupper()) else "n"
        article = f"{article[0]}{n if other[0].lower() in 'aeio' else ''} "
    return f"{article}{other}"


_PUNCTUATION = re.compile(
    rf"(?P<markup>{MARKUP})|--|[—–]|[\"“”‘’]|(?<=\w)'(?=\w)|(?<![\w'])'(?=\w)|(?<=\w)'(?!\w)"
    r"|(?<=[.!?])  ?(?=[A-Z])"
)


def _other_mark(found: Match) -> str:
    mark = found.word
    if mark.isspace():
        return " " if len(mark) == 2 else "  "
    begins = found.end - len(mark) == 0 or found.text[found.end - len(mark) - 1] in " \t\n([{—"
    match mark:
        case "--":
            return "—"
        case "—" | "–":
            return "--"
        case '"':
            return "“" if begins else "”"
        case "“" | "”":
            return '"'
        case "'":
            return "‘" if begins else "’"
        case _:
            return "'"


@functools.cache
def _contraction_pattern() -> re.Pattern[str]:
    # Only where a word follows: `that is what it is.` cannot be drawn together.
    return _pattern([*words.CONTRACTIONS, *words.CONTRACTIONS.values()], after=r"(?=\s+[A-Za-z])")


@functools.cache
def _contracted() -> dict[str, str]:
    both = {short.lower(): full for short, full in words.CONTRACTIONS.items()}
    return {**both, **{full.lower(): short for short, full in reversed(words.CONTRACTIONS.items())}}


def _other_contraction(found: Match) -> str:
    plain = " ".join(found.word.replace("’", "'").lower().split())
    return _cased(_contracted()[plain], found.word)


@functools.cache
def _spelling_pattern() -> re.Pattern[str]:
    return _pattern([*words.spellings()])


def _other_spelling(found: Match) -> str:
    return _cased(words.spellings()[found.word.lower()], found.word)
