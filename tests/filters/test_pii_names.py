"""Names by a model from a folder; here one that the test trains."""

import random
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest
import spacy
from pydantic import ValidationError
from spacy.training import Example

from filters import edits, pii, pii_names
from schemas.errors import UserError
from schemas.parameters import Pii

PEOPLE = (
    "Amina Okafor",
    "Jonas Weber",
    "Priya Nair",
    "Lena Novak",
    "Omar Haddad",
    "Mei Tanaka",
    "Rosa Diaz",
    "Igor Petrov",
)
PLACES = ("Lagos", "Berlin", "Osaka", "Lima", "Cairo", "Oslo")
FIRMS = ("Acme Works", "Globex Union", "Initech Group", "Umbrella Corporation")
FRAMES = (
    "{p} lives in {l}.",
    "We met {p} at {o}.",
    "{o} opened in {l}.",
    "Yesterday {p} called.",
    "{l} is far from {l}.",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small spaCy model: 80 sentences, 15 rounds, some seconds."""
    draw = random.Random(7)
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    examples = []
    for _ in range(80):
        text, found = "", []
        for part in draw.choice(FRAMES).replace("{", "\0{").replace("}", "}\0").split("\0"):
            words = {"{p}": (PEOPLE, "PERSON"), "{l}": (PLACES, "GPE"), "{o}": (FIRMS, "ORG")}.get(part)
            word = draw.choice(words[0]) if words else part
            if words:
                found.append((len(text), len(text) + len(word), words[1]))
            text += word
        examples.append(Example.from_dict(nlp.make_doc(text), {"entities": found}))
    spacy.util.fix_random_seed(7)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(15):
        draw.shuffle(examples)
        for start in range(0, len(examples), 16):
            nlp.update(examples[start : start + 16], sgd=optimizer)
    folder = tmp_path_factory.mktemp("names") / "model"
    nlp.to_disk(folder)
    return folder


def test_names_places_and_organisations_are_replaced(model: Path) -> None:
    texts = pa.array(
        [
            "We met Priya Nair at Acme Works.",
            "Jonas Weber lives in Cairo, jonas@weber.de",
            "nobody here",
            None,
        ]
    )
    signals, found = pii.measure(texts, Pii(names_model=str(model)))
    assert edits.apply(texts, found).to_pylist() == [
        "We met <PERSON> at <ORGANIZATION>.",
        "<PERSON> lives in <LOCATION>, <EMAIL_ADDRESS>",
        "nobody here",
        None,
    ]
    assert signals.column("pii_names").to_pylist() == [2, 2, 0, None]


def test_only_the_kinds_asked_for(model: Path) -> None:
    texts = pa.array(["We met Priya Nair at Acme Works."])
    _, found = pii.measure(texts, Pii(names_model=str(model), entities=("PERSON",)))
    assert edits.apply(texts, found).to_pylist() == ["We met <PERSON> at Acme Works."]


def test_scrubbing_twice_changes_nothing_with_names(model: Path) -> None:
    parameters = Pii(names_model=str(model))
    texts = pa.array([frame.format(p=p, l="Lima", o="Globex Union") for frame in FRAMES for p in PEOPLE])
    once = pii.scrub(texts, parameters)
    assert pii.scrub(once, parameters) == once


def test_a_long_text_is_shown_in_pieces_that_end_at_white_space(model: Path) -> None:
    text = "nothing to see " * 8000 + "Yesterday Mei Tanaka called."
    (names,) = pii_names.find([text], str(model))
    assert ("PERSON", "Mei Tanaka") in [(entity, text[start:end]) for entity, start, end, _ in names]
    pieces = list(pii_names._pieces("ab " * 100, 50))
    assert "".join(piece for _, piece in pieces) == "ab " * 100
    assert all(len(piece) <= 50 and piece.endswith(" ") for _, piece in pieces)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"`pii.names_model`: .* is a folder without files"):
        Pii(names_model=str(tmp_path))
    (tmp_path / "other").touch()
    with pytest.raises(UserError, match="holds no spaCy or transformers model"):
        pii.measure(pa.array(["x"]), Pii(names_model=str(tmp_path)))
    (tmp_path / "meta.json").write_text('{"lang": "en"}')
    with pytest.raises(UserError, match="spaCy cannot load"):
        pii.measure(pa.array(["x"]), Pii(names_model=str(tmp_path)))


WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "priya", "nair", "lagos", "acme", "lives", "in", ".")
TAGS = {"priya": "B-PER", "nair": "I-PER", "lagos": "B-LOC", "acme": "B-ORG"}


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformers token classifier of no layers: each word of TAGS has its tag, others none."""
    transformers = pytest.importorskip("transformers", reason="no transformers: an optional package")
    torch = pytest.importorskip("torch", reason="no torch: an optional package")
    folder = tmp_path_factory.mktemp("names") / "classifier"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    labels = ["O", *TAGS.values()]
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=len(WORDS), num_hidden_layers=0, num_attention_heads=1,
        intermediate_size=4, id2label=dict(enumerate(labels)), label2id={t: i for i, t in enumerate(labels)},
    )  # fmt: skip
    model = transformers.BertForTokenClassification(config).eval()
    with torch.no_grad():
        embeddings = model.bert.embeddings
        embeddings.word_embeddings.weight.copy_(torch.eye(len(WORDS)))
        embeddings.position_embeddings.weight.zero_()
        embeddings.token_type_embeddings.weight.zero_()
        model.classifier.weight.copy_(
            torch.tensor(
                [[5.0 if TAGS.get(word, "O") == label else 0.0 for word in WORDS] for label in labels]
            )
        )
        model.classifier.bias.zero_()
    model.save_pretrained(folder)
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def test_a_transformers_classifier_takes_its_place(classifier: Path) -> None:
    texts = pa.array(["Priya Nair lives in Lagos. Mail priya@nair.com", "in", "", None])
    signals, found = pii.measure(texts, Pii(names_model=str(classifier)))
    assert edits.apply(texts, found).to_pylist() == [
        "<PERSON> lives in <LOCATION>. Mail <EMAIL_ADDRESS>",
        "in",
        "",
        None,
    ]
    assert signals.column("pii_names").to_pylist() == [2, 0, 0, None]
    long = "in lives. " * 1000 + "Acme lives in Lagos."
    (names,) = pii_names.find([long], str(classifier))
    assert [(entity, long[a:b]) for entity, a, b, _ in names] == [
        ("ORGANIZATION", "Acme"),
        ("LOCATION", "Lagos"),
    ]


def test_a_broken_transformers_model_is_refused_in_words_with_the_package_and_without(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    there = find_spec("transformers") and find_spec("torch")
    said = (
        "transformers cannot load `"
        if there
        else "is a transformers model, and `transformers` is not installed"
    )
    with pytest.raises(UserError, match=said):
        pii_names.load(str(tmp_path))
