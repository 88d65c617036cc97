import string
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import group_lexicons, groups
from filters.arrow_buffers import string_buffers
from filters.data.groups import generate
from filters.group_lexicons import Term, alternatives, expand
from filters.kernels.groups import Kernel
from tests import naive


def found(text: str, language: str = "en") -> list[str]:
    return groups.mentions(pa.array([text]), pa.array([language])).to_pylist()[0]


def own(text: str, language: str = "en") -> set[str]:
    """Groups of the matches themselves, without those that contain them."""
    return set(groups.matches(pa.array([text]), pa.array([language])).column("group").to_pylist())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # geography
        ("Nigerian students and a Ghanaian nurse", {"geography/nigeria", "geography/ghana"}),
        ("the Democratic Republic of the Congo", {"geography/congo_kinshasa"}),
        ("Côte d’Ivoire, COTE D'IVOIRE", {"geography/cote_d_ivoire"}),
        ("troops from the U.S. and the U. K.", {"geography/united_states", "geography/united_kingdom"}),
        ("They let us go", set()),
        ("St. Kitts & Nevis", {"geography/st_kitts_nevis"}),
        ("the president of Turkey", {"geography/turkiye"}),
        ("a turkey sandwich", set()),
        ("a sandwich of cold turkey", set()),
        ("Fine china and nail polish", set()),
        ("China and Poland; a Polish officer", {"geography/china", "geography/poland"}),
        ("They met leaders in Jordan.", {"geography/jordan"}),
        ("Michael Jordan scored", set()),
        ("Chad bought a car", set()),
        ("refugees in Chad", {"geography/chad"}),
        ("Papua New Guinea", {"geography/papua_new_guinea"}),
        ("two guinea pigs", set()),
        ("in New Mexico", {"geography/united_states"}),
        ("translated from French into German", set()),
        ("a German town in French Guiana", {"geography/germany", "geography/french_guiana"}),
        ("African American history", {"race_ethnicity/black"}),
        ("North Korean and South Korean", {"geography/north_korea", "geography/south_korea"}),
        ("Southeast\nAsian markets", {"geography/southeast_asia"}),
        # gender
        ("Women and men", {"gender/women", "gender/men"}),
        ("see the man page, or man 7 hier", set()),
        ("Isle of Man", {"geography/isle_of_man"}),
        ("a transgender woman", {"gender/transgender", "gender/women"}),
        ("she told him", set()),
        ("a non-binary person", {"gender/nonbinary"}),
        ("USB male to female connector", set()),
        # age
        ("elderly people and teenagers", {"age/older_adults", "age/teenagers"}),
        ("my old car", set()),
        ("the child process forks", set()),
        ("a 70-year-old woman", {"age/older_adults", "gender/women"}),
        ("a 16 year old boy", {"age/teenagers", "gender/men"}),
        # race and ethnicity
        ("Black people and white men", {"race_ethnicity/black", "race_ethnicity/white", "gender/men"}),
        ("a white paper on black boxes", set()),
        ("Latino voters", {"race_ethnicity/hispanic_latino"}),
        ("Native Americans", {"race_ethnicity/native_american"}),
        ("chinks in the wall", set()),
        # religion
        ("Muslims, Jews and Hindus", {"religion/islam", "religion/judaism", "religion/hinduism"}),
        ("a Christian family", {"religion/christianity"}),
        ("Christian Bale acts", set()),
        ("this code is platform agnostic", set()),
        # disability
        (
            "blind people and a deaf child",
            {"disability/blind_people", "disability/deaf_people", "age/children"},
        ),
        ("fell on deaf ears in a double blind trial", set()),
        ("the option is disabled", set()),
        ("people with disabilities", {"disability/disabled_people"}),
        # sexual orientation
        ("gay rights", {"sexual_orientation/gay"}),
        ("a gay and lively tune", set()),
        ("go straight on", set()),
        ("lesbian, bisexual", {"sexual_orientation/lesbian", "sexual_orientation/bisexual"}),
        # socio-economic status
        (
            "poor families and the homeless",
            {"socio_economic_status/low_income", "socio_economic_status/homeless"},
        ),
        ("poor quality, rich text", set()),
        ("the working class", {"socio_economic_status/working_class"}),
    ],
)
def test_english_terms_and_what_hides_them(text: str, expected: set[str]) -> None:
    assert own(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Die Französin und ein polnischer Arzt", {"geography/france", "geography/poland"}),
        ("de", "Frauen und Männer", {"gender/women", "gender/men"}),
        ("de", "Hier spricht man nicht darüber", set()),
        ("de", "auf Französisch", set()),
        ("de", "jüdische Gemeinden", {"religion/judaism"}),
        ("fr", "l’Allemagne et les Nigérianes", {"geography/germany", "geography/nigeria"}),
        ("fr", "une femme parle anglais", {"gender/women"}),
        ("fr", "les musulmanes", {"religion/islam"}),
        ("es", "una mujer mexicana", {"gender/women", "geography/mexico"}),
        ("es", "traducido al inglés", set()),
        ("pt", "homens angolanos", {"gender/men", "geography/angola"}),
        ("it", "una donna tedesca", {"gender/women", "geography/germany"}),
        ("ja", "日本人の女性とアメリカ人", {"geography/japan", "gender/women", "geography/united_states"}),
        ("ja", "インドネシアへ", {"geography/indonesia"}),
        ("ja", "マリアは大丈夫", set()),
        ("ja", "彼女はドイツ語を話す", set()),
        ("zh", "法国女人", {"geography/france", "gender/women"}),
        ("ar", "والنساء في مصر", {"gender/women", "geography/egypt"}),
        ("ar", "المرأة المصرية", {"gender/women", "geography/egypt"}),
        ("hi", "भारतीय महिलाएँ", {"geography/india", "gender/women"}),
    ],
)
def test_terms_of_other_languages(language: str, text: str, expected: set[str]) -> None:
    assert own(text, language) == expected


def test_a_document_is_matched_with_the_lexicons_of_its_language() -> None:
    text = pa.array(["men", "men", "men", "men", None])  # Dutch: but
    language = pa.array(["en", "und", None, "nl", "en"])
    expected = [["gender/men"], ["gender/men"], ["gender/men"], [], []]
    assert groups.mentions(text, language).to_pylist() == expected


def test_a_country_counts_for_the_regions_that_hold_it() -> None:
    assert found("Nigeria") == [
        "geography/africa",
        "geography/nigeria",
        "geography/sub_saharan_africa",
        "geography/western_africa",
    ]
    assert "geography/latin_america" in found("Cuba")
    assert "geography/north_america" in found("Cuba")
    assert found("a Catholic church")[:2] == ["religion/catholicism", "religion/christianity"]


def test_matches_lie_where_they_say() -> None:
    text = ["Ein Fräulein", "😀 Nigerian wömen, women", "日本の女性", None]
    batch = groups.matches(pa.array(text), pa.array(["de", "en", "ja", "en"]))
    assert batch.schema == groups.SCHEMA
    spans = [(r["row"], text[r["row"]][r["start"] : r["end"]], r["group"]) for r in batch.to_pylist()]
    assert spans == [
        (0, "Fräulein", "gender/women"),
        (1, "Nigerian", "geography/nigeria"),
        (1, "women", "gender/women"),
        (2, "日本", "geography/japan"),
        (2, "女性", "gender/women"),
    ]


def test_slices_and_empty_batches_work() -> None:
    text, language = pa.array(["women", "x", "Nigeria"])[1:], pa.array(["en"] * 3)[1:]
    assert groups.mentions(text, language).to_pylist()[0] == []
    assert "geography/nigeria" in groups.mentions(text, language).to_pylist()[1]
    empty = groups.mentions(pa.array([], pa.string()), pa.array([], pa.string()))
    assert len(empty) == 0
    assert empty.type.value_type == pa.string()
    assert groups.matches(pa.array([], pa.string()), pa.array([], pa.string())).num_rows == 0


@pytest.mark.parametrize(
    "text", ["", "\0", "\0" * 9, "women\0men", "\x1b[31m women \x1b[0m", "אישה women ١٢٣ 👩🏾‍🦽 女"]
)
def test_odd_text_is_read_and_nothing_else_is_found(text: str) -> None:
    assert set(found(text)) <= {"gender/women", "gender/men"}
    assert ("gender/women" in found(text)) == ("women" in text)


def test_emoji_and_right_to_left_marks_stand_between_words() -> None:
    assert own("👩‍🦰women❤️ \u200fmen\u200e") == {"gender/women", "gender/men"}


def test_soft_hyphens_and_vowel_signs_do_not_hide_a_word() -> None:
    assert own("wo\xadmen") == {"gender/women"}
    assert own("النِّساء", "ar") == {"gender/women"}


def test_a_line_of_50_mb_is_read() -> None:
    text = "lorem ipsum dolor " * 2_800_000 + "Nigerian women " + "x" * 1000
    assert own(text) == {"geography/nigeria", "gender/women"}
    assert found("y" * 50_000_000) == []


def test_words_farther_apart_are_no_term() -> None:
    assert own("white\npeople") == {"race_ethnicity/white"}
    assert own("white\n\npeople") == set()
    assert own("white, people") == set()
    assert own("white" + " " * 9 + "people") == set()


def test_long_documents_are_matched_across_blocks() -> None:
    unit = "the men of South Korea met white people "
    text = unit * 3000
    batch = groups.matches(pa.array([text]), pa.array(["en"]))
    assert batch.num_rows == 3 * 3000
    starts = batch.column("start").to_pylist()
    assert starts == [n * len(unit) + at for n in range(3000) for at in (4, 11, 27)]


# --- lexicons ---


def test_generated_files_are_current() -> None:
    for name, text in generate.files().items():
        assert (generate.HERE / name).read_text("utf-8") == text, (
            f"{name}: run `python -m filters.data.groups.generate`"
        )


def test_territories_are_named_by_their_english_cldr_names() -> None:
    for name in (
        "nigeria",
        "cote_d_ivoire",
        "myanmar_burma",
        "bosnia_herzegovina",
        "st_lucia",
        "turkiye",
        "africa",
    ):
        assert f"geography/{name}" in groups.GROUPS
    assert list(groups.GROUPS) == sorted(set(groups.GROUPS))
    assert all(c in string.ascii_lowercase + string.digits + "_/" for group in groups.GROUPS for c in group)
    assert {group.partition("/")[0] for group in groups.GROUPS} == set(groups.AXES)


@pytest.mark.parametrize("language", groups.LANGUAGES)
def test_every_language_can_name_women_men_and_nearly_all_territories(language: str) -> None:
    named = {term.group for term in group_lexicons.terms(language)}
    assert {"gender/women", "gender/men", "gender/transgender"} <= named
    geography = {group for group in groups.GROUPS if group.startswith("geography/")}
    assert len(geography - named) <= 3


def test_english_can_name_every_group() -> None:
    assert set(groups.GROUPS) <= {term.group for term in group_lexicons.terms("en")}


def test_women_and_men_have_the_same_kinship_words() -> None:
    women, men = "mother sister daughter wife aunt niece girl", "father brother son husband uncle nephew boy"
    for left, right in zip(women.split(), men.split(), strict=True):
        assert own(f"a {left}") == {"gender/women"}
        assert own(f"a {right}") == {"gender/men"}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("woman", [("", "woman", "")]),
        ("a(b|c)d|e", [("", "abd", ""), ("", "acd", ""), ("", "e", "")]),
        ("[in|from] Chad", [("in", "Chad", ""), ("from", "Chad", "")]),
        ("black [people]", [("", "black", "people")]),
        ("(a|b (c|d))", [("", "a", ""), ("", "b c", ""), ("", "b d", "")]),
    ],
)
def test_an_entry_stands_for_these_terms(entry: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(t.lead, t.core, t.trail) for t in expand("x/y", entry)] == expected


def test_marks_of_an_entry_are_read() -> None:
    (term,) = expand("x/y", "~=Jordan~")
    assert (term.core, term.exact, term.not_after_capital, term.not_before_capital) == (
        "Jordan",
        True,
        True,
        True,
    )


@pytest.mark.parametrize("entry", ["", "[in]", "a (b", "a [b] c [d", "{list}"])
def test_a_broken_entry_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"term|open bracket"):
        list(expand("x/y", entry))


def test_alternatives_may_be_empty() -> None:
    assert alternatives("congo( republic|)") == ["congo republic", "congo"]


@pytest.mark.parametrize(
    ("change", "message"),
    [({"language": 7}, "language"), ({"core": "!"}, "without a word"), ({"core": "x " * 25}, "24 words")],
)
def test_the_kernel_refuses_what_is_no_term(change: dict, message: str) -> None:
    kernel = Kernel(groups.table())
    kernel.add_language()
    arguments = {"language": 0, "lead": "", "core": "x", "trail": ""} | change
    flags = {"exact": False, "hides": False, "not_after_capital": False, "not_before_capital": False}
    with pytest.raises(ValueError, match=message):
        kernel.add_term(*arguments.values(), axis=0, groups=[0], **flags)


# --- the plain twin ---

ENTRIES = {
    "a/1": ["x", "x y", "=X", "[y] x", "x [z]", "日本", "アメリカ", "~x y~"],
    "a/2": ["y", "x", "x y z", "u.s", "日", "z z"],
    "a/-": ["x z", "y y", "日本 x", "[x] y"],
    "b/1": ["y z", "x", "本"],
}
TERMS = [term for group, entries in ENTRIES.items() for entry in entries for term in expand(group, entry)]
PIECES = [
    "x",
    "X",
    "y",
    "Y",
    "z",
    "u",
    "s",
    "日",
    "本",
    "アメリカ",
    " ",
    "\n",
    "-",
    ".",
    ",",
    "’",
    "\xad",
    "é",
    "xx",
    "0",
    "_",
]


def kernel_of(terms: list[Term]) -> Kernel:
    kernel = Kernel(groups.table())
    kernel.add_language()
    names = sorted({term.group for term in terms})
    axes = sorted({term.group.partition("/")[0] for term in terms})
    for term in terms:
        kernel.add_term(
            0,
            term.lead,
            term.core,
            term.trail,
            exact=term.exact,
            axis=axes.index(term.group.partition("/")[0]),
            groups=[names.index(term.group)],
            hides=term.group.endswith("/-"),
            not_after_capital=term.not_after_capital,
            not_before_capital=term.not_before_capital,
        )
    kernel.build()
    return kernel


KERNEL = kernel_of(TERMS)


def kernel_matches(kernel: Kernel, text: str) -> list[tuple[int, int, int]]:
    offsets, data = string_buffers(pa.array([text]))
    _, start, end, term = kernel.matches(offsets, data, pa.array([0], pa.int16()).to_numpy())
    return sorted(zip(start.tolist(), end.tolist(), term.tolist(), strict=True))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_kernel_finds_what_its_plain_twin_finds(text: str) -> None:
    assert kernel_matches(KERNEL, text) == naive.group_matches(text, TERMS)


@given(
    st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("xyzXYZ .-\n日本アメリカ'")), max_size=60)
)
def test_the_kernel_splits_any_text_as_its_plain_twin_does(text: str) -> None:
    assert kernel_matches(KERNEL, text) == naive.group_matches(text, TERMS)
    words = naive.group_words(text)
    for word in words[:3]:
        if len(word.folded.encode()) <= 64:
            terms = [Term("a/1", "", text[word.start : word.end], "")]
            assert kernel_matches(kernel_of(terms), text) == naive.group_matches(text, terms)


ENGLISH = [term for term in group_lexicons.terms("en") if term.group.startswith("gender/")]
VOCABULARY = sorted({word for term in ENGLISH for word in f"{term.lead} {term.core} {term.trail}".split()})


@given(st.lists(st.sampled_from([*VOCABULARY, "the", "The", "A", ",", "."]), max_size=25).map(" ".join))
def test_the_lexicons_are_applied_as_the_plain_twin_applies_them(text: str) -> None:
    batch = groups.matches(pa.array([text]), pa.array(["en"])).to_pylist()
    kernel = {(r["start"], r["end"], r["group"]) for r in batch if r["group"].startswith("gender/")}
    twin = {(s, e, ENGLISH[n].group) for s, e, n in naive.group_matches(text, ENGLISH)}
    assert kernel == twin


@given(st.lists(st.text(max_size=20), max_size=6))
def test_mentions_are_the_groups_of_the_matches_and_all_that_contain_them(texts: list[str]) -> None:
    texts = [*texts, "Nigerian women and Catholics"]
    language = pa.array(["en"] * len(texts))
    expected: list[set[str]] = [set() for _ in texts]
    for row in groups.matches(pa.array(texts), language).to_pylist():
        expected[row["row"]] |= set(group_lexicons.groups()[row["group"]])
    assert groups.mentions(pa.array(texts), language).to_pylist() == [sorted(found) for found in expected]


def test_the_table_knows_marks_as_parts_of_words() -> None:
    kinds = groups.table() >> 24
    marks = [c for c in range(0x900, 0xE00) if unicodedata.category(chr(c))[0] == "M"]
    assert set(kinds[marks]) == {groups.WORD}
