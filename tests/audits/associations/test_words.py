"""Words that lean to a group: a planted one is found, the axis's own are left out, small groups shown."""

import math
import random

import pyarrow as pa

from audits.associations import lexicon, sample, words
from audits.associations.log_odds import npmi, weighted_log_odds
from audits.associations.row import KEYS, REST, TOO_FEW
from tests.audits.associations.sampled import documents

PLAIN = ["river", "stone", "paper", "lamp", "garden", "winter", "music", "bread", "window", "letter", "road"]


def planted(women: int = 120, men: int = 120, seed: int = 1) -> list[str]:
    """Documents of two sentences; "orchard" stands in half of the sentences about women, none about men."""
    draw = random.Random(seed)
    texts = []
    for noun, number in (("women", women), ("men", men)):
        for i in range(number):
            said = draw.sample(PLAIN, 5) + (["orchard"] if noun == "women" and i % 2 else [])
            texts.append(f"The {noun} saw {' '.join(said)}. Elsewhere an orchard and a {draw.choice(PLAIN)}.")
    return texts


def found(texts: list[str]) -> list[dict[str, object]]:
    return words.rows(sample.count(documents(texts)))


def test_a_planted_word_leads_and_is_the_only_one_to_differ() -> None:
    rows = [row for row in found(planted()) if row["measure"] == "log_odds"]
    leading = {row["group"]: row for row in reversed(rows) if row["z"] > 0}
    assert leading["gender/women"]["word"] == "orchard"
    assert (leading["gender/women"]["count"], leading["gender/women"]["of"]) == (60, 120)
    significant = {(row["group"], row["word"]) for row in rows if row["p_adjusted"] < 0.05}
    assert significant == {("gender/women", "orchard"), ("gender/men", "orchard")}


def test_rows_agree_with_counts_worked_from_the_texts() -> None:
    texts = planted()
    row = next(
        row
        for row in found(texts)
        if (row["measure"], row["group"], row["word"]) == ("log_odds", "gender/women", "orchard")
    )
    own = lexicon.own_words()["gender"]
    sides: dict[str, list[set[str]]] = {"women": [], "men": []}
    everything: list[set[str]] = []
    for text in texts:
        first = text.split(".")[0].lower().split()
        sides[first[1]].append({word for word in first if len(word) > 2})
        everything.append({word for word in text.replace(".", "").lower().split() if len(word) > 2})
    kept = {
        word
        for word in set().union(*everything)
        if sum(word in s for s in sides["women"] + sides["men"]) >= 10
    }
    assert "women" in own & kept
    uses = {word: sum(word in s for s in everything) for word in kept}
    totals = [sum(len(s & kept) for s in sides[noun]) for noun in ("women", "men")]
    delta, deviation = weighted_log_odds(60, totals[0], 0, totals[1], uses["orchard"] / sum(uses.values()))
    assert math.isclose(row["value"], delta, abs_tol=1e-6)
    assert math.isclose(row["z"], delta / deviation, abs_tol=1e-5)
    assert math.isclose((row["high"] - row["low"]) / 2, 1.959964 * deviation, abs_tol=1e-5)


def test_of_words_that_chance_explains_few_are_listed_and_how_many_there_are_is_said() -> None:
    rows = found(planted())
    listed = [row for row in rows if (row["measure"], row["group"]) == ("log_odds", "gender/women")]
    (told,) = (row for row in rows if (row["measure"], row["group"]) == ("log_odds_words", "gender/women"))
    assert sum(row["p_adjusted"] < words.LEVEL for row in listed) == told["count"] == 1
    assert len(listed) <= 2 * words.FEW < len(PLAIN) < told["of"]
    near = [row for row in rows if (row["measure"], row["group"]) == ("npmi", "gender/women")]
    (known,) = (row for row in rows if (row["measure"], row["group"]) == ("npmi_words", "gender/women"))
    assert len(near) == min(known["count"], words.TOP_NPMI)


def test_npmi_rows_are_over_documents_with_a_passage_about_the_axis() -> None:
    row = next(row for row in found(planted()) if (row["measure"], row["word"]) == ("npmi", "orchard"))
    assert row["group"] == "gender/women"
    assert math.isclose(row["value"], npmi(60, 60, 120, 240), abs_tol=1e-6)


def test_words_outside_the_sentence_do_not_count() -> None:
    texts = [f"The women slept. An orchard {i}." for i in range(60)] + [
        f"The men woke. {i}." for i in range(60)
    ]
    assert "orchard" not in {row["word"] for row in found(texts)}


def test_a_word_counts_once_in_a_document_and_is_left_out_of_the_rest_only_where_both_have_it() -> None:
    # All documents name both groups; "river" stands with women in all of them, with men in half.
    texts = ["The women saw a river. The women left a river. The men slept."] * 30
    texts += ["The women saw a river. The men saw a river."] * 30
    table = sample.count(documents(texts))
    passages = sample.passages(table)
    names = dict(
        zip(*(sample.of_kind(table, sample.WORD)[k].to_pylist() for k in ("number", "name")), strict=True)
    )
    counts = {
        (passages.labels[label], names[word]): tuple(count)
        for label, word, count in zip(
            passages.label, passages.hash.tolist(), passages.counts.tolist(), strict=True
        )
    }
    assert counts["gender/women", "river"] == (60, 30)  # in 30 of them, no sentence about men has it
    assert counts["gender/men", "river"] == (30, 0)
    assert counts["gender", "river"][0] == 60


def test_small_groups_are_shown_as_such() -> None:
    rows = found(planted(women=49, men=80))
    for measure, other in (("log_odds", REST), ("npmi", None)):
        (row,) = (row for row in rows if (row["measure"], row["group"]) == (measure, "gender/women"))
        assert (row["count"], row["word"], row["value"], row["note"]) == (49, None, None, TOO_FEW)
        assert row["other"] == other
        assert list(row) == list(KEYS)
    assert {row["group"] for row in rows if row["word"]} == {"gender/men"}


def test_an_axis_with_one_group_has_no_log_odds() -> None:
    rows = found([f"The women saw {word} and a river." for word in PLAIN * 10])
    assert [row["word"] for row in rows if row["measure"] == "log_odds"] == []


def test_a_groups_own_words_are_those_of_its_lexicon() -> None:
    own = lexicon.own_words()
    assert {"nigeria", "nigerian", "nigerians", "korea", "germans", "states"} <= own["geography"]
    assert {"women", "wife", "he"} - own["gender"] == {"he"}
    assert {"muslim", "mosque"} & own["religion"] == {"muslim"} | ({"mosque"} & own["religion"])
    assert "singer" not in own["gender"]


def test_no_rows_of_nothing() -> None:
    assert words.rows(sample.empty()) == []
    assert words.rows(sample.merge([sample.count(documents(["No group here."]))])) == []


def test_rows_do_not_depend_on_how_documents_were_split() -> None:
    texts = planted()
    parts = [sample.count(documents(texts[i : i + 37], first=i)) for i in range(0, len(texts), 37)]
    merged: pa.Table = sample.merge(parts[::-1])
    assert words.rows(merged) == found(texts)
