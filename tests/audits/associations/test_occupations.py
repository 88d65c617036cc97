"""Occupations: WinoGender's own figures, sentences counted, small ones marked."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from audits.associations import lexicon, occupations, sample
from audits.associations.row import TOO_FEW
from tests.audits.associations.sampled import documents


def test_winogenders_figures_give_its_correlation(shared_data: Path) -> None:
    with (shared_data / "eval" / "winogender" / "data" / "occupations-stats.tsv").open(
        encoding="utf-8"
    ) as stream:
        rows = {row["occupation"]: row for row in csv.DictReader(stream, delimiter="\t")}
    known = lexicon.occupations()
    assert {o.name: o.share_of_women for o in known} == {
        name: pytest.approx(float(row["bls_pct_female"]) / 100) for name, row in rows.items()
    }
    texts = [float(rows[o.name]["bergsma_pct_female"]) / 100 for o in known]
    found = occupations.compare(texts, [o.share_of_women for o in known])
    assert round(found.r, 3) == 0.672
    assert (round(100 * found.text, 1), round(100 * found.census, 1)) == (24.9, 50.4)
    assert (found.below, len(known)) == (54, 60)
    assert found.low < 0.672 < found.high


def test_sentences_with_an_occupation_are_counted_by_the_gendered_words_in_them() -> None:
    texts = ["The nurse said she was late. Nurses slept. He met a nurse and her friend."] * 4
    texts += ["The plumber and his son. She left."] * 9
    rows = {row["word"]: row for row in occupations.rows(sample.count(documents(texts)))}
    nurse, plumber = rows["nurse"], rows["plumber"]
    assert (nurse["count"], nurse["of"], nurse["expected"], nurse["note"]) == (8, 12, 0.8958, None)
    assert nurse["value"] == round(8 / 12, 6)
    assert nurse["low"] < nurse["value"] < nurse["high"]
    assert (plumber["count"], plumber["of"], plumber["note"]) == (0, 9, TOO_FEW)


def test_the_comparison_takes_occupations_with_enough_sentences() -> None:
    texts = []
    for name, women in (("nurse", 16), ("teacher", 12), ("plumber", 1), ("engineer", 3), ("doctor", 9)):
        texts += [f"The {name} and {'her' if i < women else 'his'} bag." for i in range(20)]
    rows = occupations.rows(sample.count(documents(texts)))
    (r,) = (row for row in rows if row["measure"] == "occupation_correlation")
    (gap,) = (row for row in rows if row["measure"] == "occupation_gap")
    shares = {"nurse": 0.8958, "teacher": 0.71, "plumber": 0.007, "engineer": 0.1072, "doctor": 0.379}
    expected = np.corrcoef([0.8, 0.6, 0.05, 0.15, 0.45], list(shares.values()))[0, 1]
    assert math.isclose(r["value"], expected, abs_tol=1e-6)
    assert (r["count"], r["of"], gap["count"], gap["of"]) == (5, 60, 2, 5)
    assert math.isclose(gap["value"], 2.05 / 5 - sum(shares.values()) / 5, abs_tol=1e-6)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_too_few_occupations_have_no_correlation(number: int) -> None:
    assert math.isnan(occupations.compare([0.1, 0.2][:number], [0.3, 0.4][:number]).r)


def test_shares_that_do_not_vary_have_no_correlation() -> None:
    assert math.isnan(occupations.compare([0.2, 0.2, 0.2], [0.1, 0.2, 0.3]).r)


def test_every_occupation_has_forms_and_a_share() -> None:
    known = lexicon.occupations()
    forms = [form for o in known for form in o.forms]
    assert len(known) == 60
    assert len(set(forms)) == len(forms)
    assert all(o.name in o.forms and 0 <= o.share_of_women <= 1 for o in known)


def test_no_occupation_no_rows() -> None:
    assert occupations.rows(sample.count(documents(["Nothing."]))) == []
