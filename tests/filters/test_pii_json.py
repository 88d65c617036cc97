"""Scrubbing of JSON leaf by leaf."""

import json

from hypothesis import given
from hypothesis import strategies as st

from filters import pii_json

documents = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def unchanged(texts: list[str | None]) -> list[str | None]:
    return list(texts)


def secret(texts: list[str | None]) -> list[str | None]:
    return [None if text is None else text.replace("secret", "<S>") for text in texts]


@given(st.lists(st.one_of(st.none(), documents.map(json.dumps), st.text(max_size=10)), max_size=4))
def test_what_loses_nothing_is_the_same_text(values: list[str | None]) -> None:
    assert pii_json.scrub(values, unchanged) == values


@given(documents)
def test_json_stays_json_and_every_leaf_is_scrubbed(document: dict) -> None:
    document = {"k": ["secret", document], "a secret": 1}
    (result,) = pii_json.scrub([json.dumps(document)], secret)
    assert json.loads(result)["k"][0] == "<S>"
    assert json.loads(result)["a <S>"] == 1
    assert "secret" not in result


def test_a_key_explains_its_leaf_and_may_itself_go() -> None:
    seen: list[str] = []

    def spy(texts: list[str | None]) -> list[str | None]:
        seen.extend(text for text in texts if text is not None)
        return secret(texts)

    assert pii_json.scrub(['{"secret": "secret 1"}'], spy) == ['{"<S>": "<S> 1"}']
    assert "secret: secret 1" in seen


def test_what_only_looks_like_json_is_text() -> None:
    assert pii_json.scrub(["{secret", '{"a": secret}', '["secret"]', "{" * 5000], secret) == [
        "{<S>", '{"a": <S>}', '["<S>"]', "{" * 5000,
    ]  # fmt: skip
