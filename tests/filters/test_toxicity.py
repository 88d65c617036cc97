"""Plain words, scores as `fasttext` gives them, aggregation, bad input, and what the model does to people."""

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from filters import toxicity
from filters.kernels import fasttext as kernel
from filters.training.toxicity import linear, report, sources, train
from filters.training.toxicity.dialect import Dialect
from filters.training.toxicity.fasttext_file import bucket_of, hash_word, quantise, write
from filters.training.toxicity.phrases import Phrases
from schemas.errors import UserError
from schemas.parameters import Toxicity
from tests import naive
from tests.filters.test_fasttext_model import OPTIONS, THREADS, sentences

MODEL = Path(toxicity.__file__).parent / "data" / "toxicity.ftz"
BOUND = Toxicity().line_score
PHRASES = {"old people": "groupname", "women": "groupname", "dont": "do not", "a b c": "d", "a": "e"}


def measured(texts: list[str | None], **parameters: Any) -> list[dict[str, Any]]:
    return toxicity.measure(pa.array(texts, pa.string()), Toxicity(**parameters)).to_pylist()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("I HATE you!", "i hate you"),
        ("don't, can’t, won't", "do not ca not wo not"),
        ("I'm he's they're we'll you'd I've", "i am he they are we will you i have"),
        ("h4te, id1ot, $mart, a$$, F@ke", "hate idiot mart e fake"),
        ("sooooo goood, ooo", "so god o"),
        ("f*ck f**k * fu*", "f*ck f**k fu"),
        ("rock'n'roll goin'", "rocknroll goin"),
        ("«Quoted», \u201chere\u201d?", '" quoted " " here " ?'),
        ("42 covid19 3d", "42 covid19 3d"),
        ("non-binary", "non binary"),
        ("漢字　かな、Élan", "漢字 かな Élan"),
        ("old people, women and Women", "groupname and groupname"),
        ("I dont", "i do not"),
        ("a b c a b", "d e b"),
        ("", ""),
        ("\x00\x01 ... -- '", ""),
    ],
)
def test_plain_words(line: str, words: str) -> None:
    assert kernel.PlainWords(list(PHRASES.items())).words(line) == words.split()


pieces_of_text = st.lists(
    st.one_of(
        st.text(max_size=4),
        st.sampled_from(
            [
                "don't",
                "a",
                "b",
                "c",
                "old",
                "people",
                "women",
                "ooo",
                "'",
                "’",
                "*",
                "4",
                "@",
                "?",
                '"',
                "«",
                " ",
                "é",
                "💩",
            ]
        ),
    ),
    max_size=20,
).map("".join)


@given(pieces_of_text)
def test_plain_words_are_those_of_the_naive_twin(line: str) -> None:
    expected = [word for word, _, _ in naive.plain_words(line, PHRASES)]
    assert kernel.PlainWords(list(PHRASES.items())).words(line) == expected


@pytest.fixture(scope="module")
def peer() -> Any:
    return fasttext.load_model(str(MODEL))


@pytest.fixture(scope="module")
def phrases() -> dict[str, str]:
    return dict(toxicity.phrases())


def expected(
    peer: Any, phrases: dict[str, str], text: str, longest: int = 64, line_score: float = BOUND
) -> tuple[Any, ...] | None:
    """What the naive twin and the `fasttext` package make of a text."""
    known, scores, at = set(peer.words), [], 0
    for line in text.split("\n"):
        words = naive.plain_words(line, phrases)
        for piece in (words[i : i + longest] for i in range(0, len(words), longest)):
            read = " ".join(word if word in known else toxicity.UNKNOWN for word, _, _ in piece)
            shares = {label: share for share, label in peer.f.predict(read + "\n", 2, 0.0, "strict")}
            scores.append((min(shares["__label__toxic"], 1.0), at + piece[0][1], at + piece[-1][2]))
        at += len(line) + 1
    return naive.toxicity(scores, line_score)


def agree(found: dict[str, Any], wanted: tuple[Any, ...] | None) -> None:
    if wanted is None:
        assert set(found.values()) == {None}
        return
    assert list(found.values())[:3] == pytest.approx(wanted[:3], abs=1.1e-6)
    if found["toxicity_max"] == wanted[0]:
        assert list(found.values())[3:] == list(wanted[3:])


hard = st.sampled_from(
    [
        "I hate all women",
        "you stupid idiot",
        "they are our friends",
        "\n",
        "kill them",
        "¿qué?",
        "漢字",
        "😀",
        "\x00",
    ]
)


@given(st.lists(st.one_of(hard, st.text(max_size=8)), max_size=12).map(" ".join), st.integers(1, 6))
def test_scores_are_those_of_fasttext_on_any_text(
    peer: Any, phrases: dict[str, str], text: str, longest: int
) -> None:
    (found,) = measured([text], piece_words=longest)
    agree(found, expected(peer, phrases, text, longest))


def test_scores_are_those_of_fasttext_on_real_text(
    peer: Any, phrases: dict[str, str], shared_data: Path
) -> None:
    files = sorted((shared_data / "corpus/s30/parquet").glob("*.parquet"))
    texts = [text for path in files for text in pq.read_table(path)["text"].to_pylist()[::60]]
    assert len(texts) > 200
    for text, found in zip(texts, measured(texts), strict=True):
        agree(found, expected(peer, phrases, text))


@pytest.mark.parametrize("name", ["softmax_pairs", "hs", "ova"])
def test_another_fasttext_model_takes_its_place(tmp_path: Path, name: str) -> None:
    corpus = tmp_path / "train.txt"
    corpus.write_text("".join(f"__label__{label} {text}\n" for label, text in sentences(800, 1)))
    other = fasttext.train_supervised(
        str(corpus), dim=10, epoch=3, bucket=5000, thread=THREADS, seed=3, verbose=0, **OPTIONS[name]
    )
    path = tmp_path / "model.bin"
    other.save_model(str(path))
    texts = [text for _, text in sentences(60, 2)]
    found = measured(["\n".join(texts[:2]), *texts[2:], "Soup?"], model=str(path), labels=("food", "sport"))
    for row, text in zip(found[1:], [*texts[2:], "Soup?"], strict=True):
        shares = {label: share for share, label in other.f.predict(text + "\n", 4, 0.0, "strict")}
        wanted = sum(shares.get(f"__label__{label}", 0.0) for label in ("food", "sport"))
        assert row["toxicity_max"] == pytest.approx(min(wanted, 1), abs=2e-5 if name == "hs" else 2e-6)
        assert (row["toxicity_start"], row["toxicity_end"]) == (0, len(text))
    both = measured(texts[:2], model=str(path), labels=("food", "sport"))
    assert found[0]["toxicity_max"] == max(row["toxicity_max"] for row in both)


def test_a_label_that_the_model_lacks_is_an_error() -> None:
    message = r"`toxicity.labels` has `hate`; the model's labels are \['fine', 'toxic'\]"
    with pytest.raises(UserError, match=message):
        measured(["text"], labels=("hate",))


def test_a_file_that_is_no_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"no model")
    with pytest.raises(UserError, match=r"`toxicity.model` is `.*model.bin`"):
        measured(["text"], model=str(tmp_path / "model.bin"))
    with pytest.raises(ValidationError, match=r"`toxicity.model`: `.*absent.bin` cannot be read"):
        measured(["text"], model=str(tmp_path / "absent.bin"))
    with pytest.raises(UserError, match=r"`toxicity.model` is"):  # a folder without a classifier in it
        measured(["text"], model=str(tmp_path))


def test_a_local_transformers_classifier_takes_its_place(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="no transformers: an optional package")
    torch = pytest.importorskip("torch", reason="no torch: an optional package")
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nkind\nvile\nwords\n")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        id2label={0: "fine", 1: "toxic", 2: "severe"}, label2id={"fine": 0, "toxic": 1, "severe": 2},
    )  # fmt: skip
    model = transformers.BertForSequenceClassification(config).eval()
    tokenizer = transformers.BertTokenizerFast(str(tmp_path / "vocab.txt"))
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    rows = measured(
        ["kind words\n\nvile words", None, "", "vile"], model=str(tmp_path), labels=("toxic", "severe")
    )
    with torch.inference_mode():
        shares = [
            float(model(**tokenizer(line, return_tensors="pt")).logits.softmax(-1)[0, 1:].sum())
            for line in ("kind words", "vile words")
        ]
    assert rows[0]["toxicity_max"] == pytest.approx(max(shares), abs=1e-5)
    assert rows[0]["toxicity_mean"] == pytest.approx(sum(shares) / 2, abs=1e-5)
    assert (rows[0]["toxicity_start"], rows[0]["toxicity_end"]) in {(0, 10), (12, 22)}
    assert set(rows[1].values()) == set(rows[2].values()) == {None}


def test_lines_are_aggregated_and_the_worst_is_named() -> None:
    calm, vile = "the train was late again", "you stupid worthless idiot"
    alone = {text: measured([text])[0]["toxicity_max"] for text in (calm, vile)}
    assert alone[calm] < BOUND < alone[vile]
    (found,) = measured([f"{calm}\n\n  \né💩 {vile}!\r\n{calm}\n{vile}"])
    assert found["toxicity_lines_share"] == 0.5
    text = f"{calm}\n{calm}\n{vile}\n{vile}"
    (found,) = measured([text])
    assert found["toxicity_max"] == alone[vile]
    assert found["toxicity_mean"] == pytest.approx((alone[calm] + alone[vile]) / 2, abs=1e-6)
    assert text[found["toxicity_start"] : found["toxicity_end"]] == vile
    assert found["toxicity_start"] == 2 * (len(calm) + 1)  # the first of two equal lines


def test_null_empty_and_wordless_texts_have_no_scores() -> None:
    for found in measured([None, "", " \n\n", "!!! ... ---", "\x00\x07"]):
        assert set(found.values()) == {None}


def test_slices_keep_their_rows_and_rows_do_not_touch_each_other() -> None:
    texts = ["kill yourself", None, "good morning", "", "you pig"]
    array = pa.array(texts, pa.string())
    whole = toxicity.measure(array, Toxicity()).to_pylist()
    assert toxicity.measure(array[2:], Toxicity()).to_pylist() == whole[2:]
    assert whole == [row for text in texts for row in measured([text])]
    assert toxicity.measure(array[:0], Toxicity()).schema == toxicity.SIGNALS


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا بالعالم",
        "שלום עולם \u202e\u200f",
        "😀👩🏽‍🦽🏳️‍🌈",
        "\x00\x1b[31m\x7f\ufeff",
        "e\u0301\u0301\u0301",
        "Привет, мир",
    ],
)
def test_other_scripts_marks_and_emoji_are_not_toxic(text: str) -> None:
    (found,) = measured([text])
    assert found["toxicity_max"] is None or found["toxicity_max"] < 0.3


def test_a_line_of_fifty_megabytes_is_scored_in_pieces() -> None:
    word = "ordinary "
    text = word * (50_000_000 // len(word)) + "you stupid worthless idiot"
    (found,) = measured([text])
    assert found["toxicity_lines_share"] < 1e-5
    assert found["toxicity_end"] <= len(text)


@pytest.mark.parametrize(
    ("parameters", "reasons"),
    [
        ({}, ["toxic_lines"]),
        ({"max_lines_share": None}, []),
        ({"max_line_score": 0.9}, ["toxic_lines", "toxic_line"]),
        ({"max_line_score": 0.95, "max_mean_score": 0.4}, ["toxic_lines", "toxic_mean"]),
    ],
)
def test_checks(parameters: dict[str, Any], reasons: list[str]) -> None:
    signals = pa.RecordBatch.from_pylist(
        [
            dict(zip(toxicity.SIGNALS.names, (0.95, 0.5, 0.6, 0, 9), strict=True)),
            dict.fromkeys(toxicity.SIGNALS.names),
        ],
        schema=toxicity.SIGNALS,
    )
    firings = toxicity.fire(signals, Toxicity(**parameters))
    assert [firing.reason for firing in firings if firing.removes[0]] == reasons
    assert not any(firing.removes[1] or firing.measured[1] for firing in firings)


# --- what the model does to people ---


@pytest.fixture(scope="module")
def scorer() -> report.Scorer:
    return report.Scorer(MODEL)


@pytest.fixture(scope="module")
def cases(root: Path) -> list[report.Case]:
    return report.suite(root / "tests/answers/toxicity_held_out.json")


def rates(scorer: report.Scorer, cases: list[report.Case], toxic: bool) -> dict[str, float]:
    """Share of sentences above the threshold, by group."""
    found: dict[str, list[float]] = {}
    for case in cases:
        if case.group and case.toxic == toxic:
            found.setdefault(case.group, []).extend(scorer(case.texts) > BOUND)
    return {group: float(np.mean(above)) for group, above in found.items()}


@pytest.mark.parametrize(("suite", "groups"), [("held_out", 20), ("independent", 18)])
def test_hate_is_found_for_every_group_and_its_mention_is_no_hate(
    scorer: report.Scorer, root: Path, suite: str, groups: int
) -> None:
    cases = report.suite(root / f"tests/answers/toxicity_{suite}.json")
    recall, false = rates(scorer, cases, True), rates(scorer, cases, False)
    assert len(recall) == len(false) == groups
    assert min(recall.values()) >= 0.7
    assert max(false.values()) <= 0.2
    assert max(false.values()) - min(false.values()) <= 0.1


def test_a_sentence_scores_the_same_for_every_group(scorer: report.Scorer, cases: list[report.Case]) -> None:
    for _, same in itertools.groupby(
        sorted((c for c in cases if c.group), key=lambda c: c.name), key=lambda c: c.name
    ):
        texts = [case.texts for case in same]
        # "trans people people" is a name and a word, "women people" is a name
        fair = [
            column for column in zip(*texts, strict=True) if not any("people people" in t for t in column)
        ]
        assert fair
        assert all(np.ptp(scorer(column)) <= 1e-6 for column in fair)


def test_names_of_groups_are_one_word() -> None:
    words = toxicity.plain_words().words
    for name in ("Muslims", "gay men", "African-American women", "people with disabilities", "the elderly"):
        assert toxicity.GROUP in words(name)
    assert words("Black women and Jews") == [toxicity.GROUP, "and", toxicity.GROUP]
    assert words("guys, spic and span") != ["guys"]


@pytest.fixture(scope="module")
def people(shared_data: Path) -> Path:
    return shared_data / "eval"


def test_swapped_identities_do_not_flip_verdicts(scorer: report.Scorer, people: Path) -> None:
    pairs = sources.wikipedia(people)
    plain, swapped = (scorer(row[k] for row in pairs) > BOUND for k in (1, 2))
    assert len(pairs) == 1492
    assert (plain != swapped).mean() <= 0.03


def test_templates_of_every_identity_term(scorer: report.Scorer, people: Path) -> None:
    found = report.template_terms(people)
    assert len(found) == 50
    recall = {term: (scorer(texts) > BOUND).mean() for term, (texts, _) in found.items()}
    false = {term: (scorer(texts) > BOUND).mean() for term, (_, texts) in found.items()}
    assert min(recall.values()) >= 0.7
    assert max(false.values()) <= 0.2
    assert max(false.values()) - min(false.values()) <= 0.1


def test_recall_and_false_positives_on_toxigen_by_group(scorer: report.Scorer, people: Path) -> None:
    by_group: dict[tuple[bool, str], list[str]] = {}
    for toxic, text, _, group in sources.toxigen(people):
        by_group.setdefault((toxic, group), []).append(text)
    share = {key: float((scorer(texts) > BOUND).mean()) for key, texts in by_group.items()}
    assert min(value for (toxic, _), value in share.items() if toxic) >= 0.7
    assert max(value for (toxic, _), value in share.items() if not toxic) <= 0.2


@pytest.mark.slow
def test_balance_does_not_cost_accuracy(scorer: report.Scorer, people: Path, tmp_path: Path) -> None:
    train.unbalanced(people, tmp_path / "unbalanced.ftz")
    shipped = report.held_out(scorer, people)
    other = report.held_out(report.Scorer(tmp_path / "unbalanced.ftz", names_masked=False), people)
    for name, (scores, toxic) in shipped.items():
        assert report.auc(scores, toxic) >= report.auc(other[name][0], toxic) - 0.02, name


def test_dialect_model_gives_its_authors_answers(people: Path) -> None:
    dialect = Dialect(people)
    expected = [0.16603718, 0.27450171, 0.22886004, 0.33060107]
    assert dialect.shares(["hello", "there"]) == pytest.approx(expected, abs=1e-7)
    assert dialect.shares(["af"] * 3) == pytest.approx([0.842944, 0.132149, 0.000111905, 0.0247944], abs=1e-5)


def test_harmless_tweets_are_spared_in_every_dialect(scorer: report.Scorer, people: Path) -> None:
    false = [float((scorer(texts) > BOUND).mean()) for texts in report.harmless_by_dialect(people)]
    assert max(false) <= 0.2
    assert max(false) - min(false) <= 0.1


# --- training ---


def test_training_is_not_imported_to_score() -> None:
    code = (
        "import sys, pyarrow as pa; from filters import toxicity; from schemas.parameters import Toxicity;"
        "toxicity.measure(pa.array(['text']), Toxicity());"
        "assert not [m for m in sys.modules if m.startswith(('filters.training', 'fasttext', 'torch'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_templates_fill_without_a_trace(root: Path) -> None:
    phrases = Phrases(1)
    for kind in (*train.TOXIC, *train.FINE):
        for text in phrases.sentences(kind, 4 * len(phrases.templates[kind])):
            assert text
            assert not set("{}[]|") & set(text), text


def test_hashes_are_those_of_fasttext() -> None:
    assert hash_word("") == 2166136261 - (1 << 32)
    assert hash_word("é") != hash_word("e")
    assert bucket_of(("a", "b"), 1 << 21) != bucket_of(("b", "a"), 1 << 21)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=400))
def test_quantised_weights_are_near(weights: list[float]) -> None:
    centroids, codes = quantise(np.array(weights))
    width = (max(weights) - min(weights)) / 2
    assert np.abs(centroids[codes] - weights).max() <= max(width, 1e-9)


def test_a_small_model_learns_writes_and_reads_back(tmp_path: Path) -> None:
    texts = [["good", "day"], ["not", "good"], ["good"], ["bad", "day"], ["not", "bad"], ["bad"]] * 10
    label = np.array([False, True, False, True, False, True] * 10)
    limits = linear.Limits(ngrams=2, least_count=2, word_penalty=1e-5, gram_penalty=1e-5, weak_penalty=1e-5)
    model = linear.fit(texts, label, np.ones(len(texts)), limits)
    write(tmp_path / "small.ftz", model.words, model.grams, ("fine", "toxic"), 2, 1 << 16)
    small = fasttext.load_model(str(tmp_path / "small.ftz"))
    for text, toxic in zip(texts, label, strict=True):
        ((_, best),) = small.f.predict(" ".join(text) + "\n", 1, 0.0, "strict")
        assert best == ("__label__toxic" if toxic else "__label__fine")
    again = linear.fit(texts, label, np.ones(len(texts)), limits)
    assert again == model


def test_the_lexicon_is_well_formed(root: Path) -> None:
    lexicon = json.loads((root / "filters/data/toxicity_words.json").read_text("utf-8"))
    for name, forms in lexicon["groups"].items():
        assert name.count("/") == 1
        assert set(forms) == {"adjective", "singular", "plural"}
        assert all(forms.values())
