"""Plain names of rules, reasons, groups and measures, for sentences that anybody can follow.

Of documents it is only ever said that they mention a group (docs/wording.md).
"""

import functools
from importlib import resources

from schemas.group_names import PAIR

RULES = {
    "exact_dedup": "the rule against exact duplicates",
    "near_dedup": "the rule against near duplicates",
    "language": "the language rule",
    "gopher_repetition": "the repetition rule",
    "gopher_quality": "Gopher's quality rule",
    "c4_quality": "C4's quality rule",
    "fineweb_quality": "FineWeb's quality rule",
    "pii": "the personal-data rule",
    "toxicity": "the toxicity rule",
    "decontamination": "the rule against evaluation sets",
    "balance": "balancing",
    "input": "reading",
}
_NUMBERS = {
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
}
REASONS: dict[str, dict[str, str]] = {
    "exact_dedup": {"exact_duplicate": "a copy of another document"},
    "near_dedup": {"near_duplicate": "nearly a copy of another document"},
    "language": {
        "language_not_kept": "a language that is not kept",
        "low_language_score": "an uncertain language",
    },
    "gopher_repetition": {
        "empty": "no text",
        "duplicate_paragraphs": "repeated paragraphs",
        "duplicate_paragraph_characters": "much text in repeated paragraphs",
        "duplicate_lines": "repeated lines",
        "duplicate_line_characters": "much text in repeated lines",
        **{
            f"top_{n}_gram": f"a phrase of {_NUMBERS[n]} words that fills much of the text" for n in (2, 3, 4)
        },
        **{f"duplicate_{n}_grams": f"repeated phrases of {_NUMBERS[n]} words" for n in range(5, 11)},
    },
    "gopher_quality": {
        "too_few_words": "too few words",
        "too_many_words": "too many words",
        "words_too_short": "too short words",
        "words_too_long": "too long words",
        "too_many_hashes": "too many hash marks",
        "too_many_ellipses": "too many ellipses",
        "too_many_bullet_lines": "too many lines with bullets",
        "too_many_ellipsis_lines": "too many lines that end in an ellipsis",
        "too_few_words_with_letters": "too few words with letters",
        "too_few_stop_words": "too few common words",
    },
    "c4_quality": {
        "lorem_ipsum": "placeholder text",
        "curly_bracket": "curly brackets",
        "too_few_sentences": "too few sentences",
    },
    "fineweb_quality": {
        "empty": "no text",
        "too_few_punctuated_lines": "too few lines that end in punctuation",
        "too_many_short_lines": "too many short lines",
        "duplicate_characters": "much text in repeated lines",
        "too_many_newlines": "too many line breaks",
    },
    "pii": {
        "too_many_matches": "much personal data",
        "too_many_contacts": "many e-mail addresses and phone numbers",
        "too_many_identifiers": "many identity numbers",
        "too_many_financial": "many card and account numbers",
        "too_many_secrets": "many keys and passwords",
    },
    "toxicity": {
        "toxic_lines": "many toxic lines",
        "toxic_line": "a very toxic line",
        "toxic_mean": "toxic lines on the whole",
    },
    "decontamination": {
        "ngram_overlap": "text of an evaluation set",
        "item_overlap": "an item of an evaluation set",
    },
    "balance": {"down_sampled": "a weight below one"},
    "input": {
        "bad_json": "a line that is not JSON",
        "bad_csv_row": "a row that does not fit the header",
        "bad_record": "a web record that cannot be decoded",
        "bad_utf8": "bytes that are not UTF-8",
        "no_text": "a record without text",
        "wrong_type": "a text that is not a string",
        "too_large": "a record over the limit of size",
        "truncated_file": "a compressed file that ends early",
        "corrupt_file": "a damaged compressed file",
        "unreadable_file": "a file that cannot be read",
        "unreadable_row_group": "a damaged part of a Parquet file",
    },
}
AXES = {
    "age": "age",
    "dialect": "dialect",
    "disability": "disability",
    "gender": "gender",
    "geography": "countries and regions",
    "race_ethnicity": "race and ethnicity",
    "religion": "religion",
    "sexual_orientation": "sexual orientation",
    "socio_economic_status": "social and economic status",
}
_OTHERS = {
    "age": "other ages",
    "dialect": "other dialects",
    "disability": "other disabilities",
    "gender": "other genders",
    "geography": "other countries and regions",
    "race_ethnicity": "other ethnic groups",
    "religion": "other religions",
    "sexual_orientation": "other sexual orientations",
    "socio_economic_status": "other social and economic groups",
}
_ANY = {
    "age": "an age",
    "dialect": "a dialect",
    "disability": "a disability",
    "gender": "a gender",
    "geography": "a country or region",
    "race_ethnicity": "an ethnic group",
    "religion": "a religion",
    "sexual_orientation": "a sexual orientation",
    "socio_economic_status": "a social or economic group",
}
# Where capitalising or spacing the code does not give what one says in prose.
_GROUPS = {
    "age/teenagers": "teenagers",
    "age/middle_aged": "middle-aged people",
    "dialect/african_american": "African American English",
    "dialect/white": "White American English",
    "disability/intellectual_disability": "intellectual disability",
    "geography/hong_kong_sar_china": "Hong Kong",
    "geography/macao_sar_china": "Macao",
    "geography/reunion": "Réunion",
    "geography/turkiye": "Türkiye",
    "gender/nonbinary": "nonbinary people",
    "gender/transgender": "transgender people",
    "race_ethnicity/arab": "Arab people",
    "race_ethnicity/asian": "Asian people",
    "race_ethnicity/black": "Black people",
    "race_ethnicity/hispanic_latino": "Hispanic or Latino people",
    "race_ethnicity/indigenous": "Indigenous peoples",
    "race_ethnicity/multiracial": "multiracial people",
    "race_ethnicity/native_american": "Native American people",
    "race_ethnicity/pacific_islander": "Pacific Islanders",
    "race_ethnicity/roma": "Roma",
    "race_ethnicity/white": "white people",
    "religion/atheism": "atheism",
    "religion/bahai": "the Bahá'í faith",
    "religion/orthodox_christianity": "Orthodox Christianity",
    "religion/paganism": "paganism",
    **{
        f"sexual_orientation/{name}": f"{name} people" for name in ("asexual", "bisexual", "gay", "pansexual")
    },
    "sexual_orientation/heterosexual": "heterosexual people",
    "sexual_orientation/lesbian": "lesbian people",
    "sexual_orientation/lgbtq": "LGBTQ people",
    "socio_economic_status/homeless": "homeless people",
    "socio_economic_status/low_income": "people of low income",
    "socio_economic_status/middle_class": "the middle class",
    "socio_economic_status/unemployed": "unemployed people",
    "socio_economic_status/wealthy": "wealthy people",
    "socio_economic_status/working_class": "the working class",
}
_WITH_ARTICLE = {
    f"geography/{name}"
    for name in (
        *("bahamas", "caribbean", "caribbean_netherlands", "central_african_republic", "comoros"),
        *(
            "dominican_republic",
            "gambia",
            "isle_of_man",
            "maldives",
            "netherlands",
            "palestinian_territories",
        ),
        *("philippines", "seychelles", "united_arab_emirates", "united_kingdom", "united_states"),
    )
}
CHANGES = {
    "swap_gender": "words of the other gender",
    "swap_nationality": "another country",
    "swap_religion": "another religion",
    "lower_case": "lower case throughout",
    "upper_case": "upper case throughout",
    "punctuation": "other quotes, dashes and spacing",
    "contractions": "contractions written out or drawn together",
    "spelling": "British or American spelling the other way",
}
CAPITALISED = {"geography", "religion"}


def rule(name: str) -> str:
    """`the repetition rule` of `gopher_repetition/1`, with or without the version."""
    return RULES.get(name.partition("/")[0], f"the rule {name}")


def reason(rule_name: str, code: str) -> str:
    """What a reason says of a document: `too few common words`."""
    return REASONS.get(rule_name.partition("/")[0], {}).get(code, code.replace("_", " "))


def axis(code: str) -> str:
    """`race and ethnicity` of `race_ethnicity`; both of a pair of axes."""
    return " and ".join(AXES.get(part, part.replace("_", " ")) for part in code.split(PAIR))


def group(code: str) -> str:
    """`Nigeria` of `geography/nigeria`; both of a pair of groups."""
    return " and ".join(map(_group, code.split(PAIR)))


def _group(code: str) -> str:
    of_axis, _, name = code.partition("/")
    if code in _GROUPS:
        return _GROUPS[code]
    if of_axis == "geography" and name in _territories():
        return _territories()[name]
    plain = name.replace("_", " ")
    return plain.title() if of_axis in CAPITALISED else plain


def _in_prose(code: str) -> str:
    name = _group(code)
    return f"the {name}" if code in _WITH_ARTICLE or name.endswith(" Islands") else name


def mention(code: str) -> str:
    """`documents that mention Nigeria`; a dialect is not mentioned, words go with it."""
    said, spoken = _split(code)
    parts = [f"mention both {' and '.join(said)}" if len(said) > 1 else f"mention {said[0]}"] if said else []
    parts += [f"have words that go with {name}" for name in spoken]
    return f"documents that {' and '.join(parts)}"


def mention_others(code: str) -> str:
    """`documents that mention other countries and regions`, as the reference of an axis."""
    axes = code.split(PAIR)
    if len(axes) > 1:
        return f"other documents that mention {' and '.join(_ANY.get(one, axis(one)) for one in axes)}"
    verb = "have words that go with" if code == "dialect" else "mention"
    return f"documents that {verb} {_OTHERS.get(code, f'other groups of {axis(code)}')}"


def _split(code: str) -> tuple[list[str], list[str]]:
    parts = code.split(PAIR)
    spoken = [part for part in parts if part.startswith("dialect/")]
    return [_in_prose(part) for part in parts if part not in spoken], [_group(part) for part in spoken]


@functools.cache
def _territories() -> dict[str, str]:
    """English names of countries and regions by group, those of CLDR."""
    text = resources.files("filters.data.groups").joinpath("geography.en.cldr.txt").read_text("utf-8")
    lines = (line.partition(": ") for line in text.splitlines() if not line.startswith("#"))
    return {name: ways.split(";")[0].strip() for name, colon, ways in lines if colon}
