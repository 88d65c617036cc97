"""YAML with line numbers."""

import pytest

from schemas.faults import ConfigError
from schemas.yaml_lines import parse


def test_every_key_and_item_has_the_line_where_it_is_written() -> None:
    values, lines = parse("a: 1\nb:\n  - x\n  - c: {d: 2,\n      e: 3}\n", "f")
    assert values == {"a": 1, "b": ["x", {"c": {"d": 2, "e": 3}}]}
    assert lines == {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", 0): 3,
        ("b", 1): 4,
        ("b", 1, "c"): 4,
        ("b", 1, "c", "d"): 4,
        ("b", 1, "c", "e"): 5,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("1e-5", 1e-5),
        (".5", 0.5),
        ("2.", 2.0),
        ("1:30", "1:30"),
        ("2024-01-31", "2024-01-31"),
        ("1_000", "1_000"),
        ("'12'", "12"),
        ("!!str 12", "12"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = parse(f"a: {text}", "f").values["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [", "f:2: not YAML: expected the node content, but found '<stream end>'"),
        ("a: b: c", "f:1: not YAML: mapping values are not allowed here"),
        ("a: 1\n--- \nb: 2", "f:2: not YAML: but found another document"),
        ("a: 1\nb: 2\na: 3", "f:3: key `a` appears twice, first in line 1"),
        (
            "a: !!python/name:os.system x",
            "f:1: tag `tag:yaml.org,2002:python/name:os.system` is not supported",
        ),
        ("a: &x [*x]", "f:1: nested too deeply"),
        ("a: 1e999", "f:1: `1e999` is too large a number"),
        ("[a, b]: 1", "f:1: a key must be text"),
        ("a: 1\nb: \x07", "f:2: not YAML: special characters are not allowed"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "f")
    assert str(caught.value) == said
