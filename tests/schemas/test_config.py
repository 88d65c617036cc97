"""The config: defaults, merging, and every fault with its file, line and next action."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.catalogue import FILTERS as CATALOGUE
from schemas.config import DEFAULT, FILTERS, PATHS, Config, Source
from schemas.errors import UserError
from schemas.faults import ConfigError
from schemas.load import check, load


def faults(text: str, tmp_path: Path, overrides: tuple[str, ...] = ()) -> list[str]:
    """The lines a user would see, without the folder."""
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, (), overrides)
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


def test_every_filter_of_the_catalogue_has_a_section_in_its_default_order() -> None:
    assert [filter_.name for filter_ in CATALOGUE] == list(FILTERS)
    assert tuple(Config().filters) == DEFAULT == FILTERS[:-2]
    assert list(Config().parameters()) == list(FILTERS)


def test_the_defaults_are_those_of_the_contract() -> None:
    config = Config()
    assert config.input.max_error_rate == 0.05
    assert config.input.max_record_bytes == 64 * 2**20
    assert config.output.shard_bytes == 16 * 1024 * 1024
    assert config.near_dedup.threshold == 0.7
    assert config.language.keep is None
    assert config.c4_quality.require_terminal_punctuation is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("near_dedup:\n  threshold: 1.4", ["config.yaml:2: `near_dedup.threshold` is 1.4, must lie in 0..1"]),
        (
            "near_dedup: {threshold: 0}",
            ["config.yaml:1: `near_dedup.threshold` is 0, must lie in 0..1, 0 excluded"],
        ),
        (
            "\n\nnear_dup:\n  threshold: 1",
            ["config.yaml:3: unknown key `near_dup`", "hint: did you mean `near_dedup`?"],
        ),
        (
            "near_dedup:\n  treshold: .8",
            [
                "config.yaml:2: unknown key `near_dedup.treshold`",
                "hint: did you mean `near_dedup.threshold`?",
            ],
        ),
        (
            "text_field: body",
            ["config.yaml:1: unknown key `text_field`", "hint: did you mean `input.text_field`?"],
        ),
        (
            "output: {colour: red}",
            ["config.yaml:1: unknown key `output.colour`", "hint: valid keys: `output.shard_bytes`"],
        ),
        (
            "filters:\n- exact_dedup\n- near_dup",
            ["config.yaml:3: unknown filter `near_dup`", "hint: did you mean `near_dedup`?"],
        ),
        (
            "filters: [language, exact_dedup, language]",
            ["config.yaml:1: `filters` names `language` twice"],
        ),
        ("filters: near_dedup", ["config.yaml:1: `filters` is `near_dedup`, must be a list"]),
        ("near_dedup: {bands: true}", ["config.yaml:1: `near_dedup.bands` is true, must be a whole number"]),
        ("near_dedup: {bands: 2.5}", ["config.yaml:1: `near_dedup.bands` is 2.5, must be a whole number"]),
        ("language: {min_score: '.5'}", ["config.yaml:1: `language.min_score` is `.5`, must be a number"]),
        ("language: {min_score: .nan}", ["config.yaml:1: `language.min_score` is `.nan`, must be a number"]),
        ("language: {keep: en}", ["config.yaml:1: `language.keep` is `en`, must be a list"]),
        ("language: 3", ["config.yaml:1: `language` is 3, must be a section of keys and values"]),
        (
            "c4_quality: {require_terminal_punctuation: 1}",
            ["config.yaml:1: `c4_quality.require_terminal_punctuation` is 1, must be true or false"],
        ),
        (
            "output: {shard_bytes: 100}",
            ["config.yaml:1: `output.shard_bytes` is 100, must be at least 65536"],
        ),
        ("input: {text_field: ''}", ["config.yaml:1: `input.text_field` is ``, must not be empty"]),
        ("input: {paths: [a, 3]}", ["config.yaml:1: `input.paths[1]` is 3, must be text"]),
        (
            "input: {format: jsn}",
            [
                "config.yaml:1: `input.format` is `jsn`, must be one of `jsonl`, `parquet`, `csv`, `tsv`,"
                " `text`, `datasets`, `warc`, `wet`",
                "hint: did you mean `jsonl`?",
            ],
        ),
        (
            "sources:\n- name: a\n  origin: own",
            [
                "config.yaml:3: `sources[0].origin` is `own`, must be one of `public_dataset`, `licensed`,"
                " `other_private`, `own_crawl`, `crawl_by_others`, `user_data`, `synthetic`"
            ],
        ),
        (
            "sources:\n- licence: MIT",
            ["config.yaml:2: `sources[0].name` is missing", "hint: give it, or delete the entry"],
        ),
        (
            "sources:\n- name: a\n- name: b\n- name: a",
            ["config.yaml:4: `sources[0]` and `sources[2]` are both named `a`"],
        ),
        (
            "sources: [{name: a/b}]",
            [
                "config.yaml:1: `sources[0].name` is `a/b`, must not be empty or hold `/`, `#` or"
                " control characters"
            ],
        ),
        (
            "gopher_quality:\n  review:\n    min_doc_word: 60",
            [
                "config.yaml:3: `gopher_quality.review.min_doc_word` is no bound of `gopher_quality`",
                "hint: did you mean `min_doc_words`?",
            ],
        ),
        (
            "near_dedup: {review: {threshold: .8}}",
            [
                "config.yaml:1: `near_dedup.review.threshold` is no bound of `near_dedup`",
                "hint: this filter has no bounds",
            ],
        ),
        (
            "gopher_quality:\n  review: {min_doc_words: 40}",
            [
                "config.yaml:2: `gopher_quality.review.min_doc_words` is 40, must lie above"
                " `gopher_quality.min_doc_words`, 50"
            ],
        ),
        (
            "gopher_quality:\n  review: {max_avg_word_length: 10}",
            [
                "config.yaml:2: `gopher_quality.review.max_avg_word_length` is 10, must lie below"
                " `gopher_quality.max_avg_word_length`, 10"
            ],
        ),
        (
            "gopher_quality: {min_doc_words: null, review: {min_doc_words: 60}}",
            [
                "config.yaml:1: `gopher_quality.review.min_doc_words` is 60, but"
                " `gopher_quality.min_doc_words` is null, so nothing is checked"
            ],
        ),
        ("- a", ["config.yaml:1: a config is a list of `key: value`, this is none"]),
    ],
)
def test_a_fault_names_file_line_value_and_what_is_allowed(
    text: str, said: list[str], tmp_path: Path
) -> None:
    assert faults(text, tmp_path) == said


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "output: {shard_bytes: 1}\nnear_dedup:\n  threshold: 2\n  rows: 0\nfoo: 1\nlanguage: {keep: 3}\n"
    said = faults(text, tmp_path, ("exact_dedup=1",))
    places = [line.partition(": ")[0] for line in said if not line.startswith("hint")]
    assert places == [f"config.yaml:{line}" for line in (1, 3, 4, 5, 6)] + ["--set"]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("near_dedup.threshold=1.4", "--set: `near_dedup.threshold` is 1.4, must lie in 0..1"),
        ("threshold", "--set: `threshold` is no `key=value`\nhint: such as `--set near_dedup.threshold=0.8`"),
        ("=1", "--set: `=1` is no `key=value`\nhint: such as `--set near_dedup.threshold=0.8`"),
        ("filters=[", "--set: `filters=[`: not YAML: expected the node content, but found '<stream end>'"),
        ("near_dup.rows=1", "--set: unknown key `near_dup`\nhint: did you mean `near_dedup`?"),
    ],
)
def test_an_override_that_is_wrong_says_so(override: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, (), [override])
    assert str(caught.value) == said


def test_an_override_inside_of_a_list_says_so(tmp_path: Path) -> None:
    said = faults("filters: [near_dedup]", tmp_path, ("filters.first=1",))
    assert said == ["--set: `filters.first` lies inside `filters`, which is no section"]


def test_the_command_line_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("input: {paths: [a], id_field: key}\nnear_dedup: {rows: 5, bands: 9}\nsources:\n")
    config = load(path, ["b", "c"], ["near_dedup.bands=7", "filters=[near_dedup]", "near_dedup.bands=8"])
    assert config.input.paths == ("b", "c")
    assert config.input.id_field == "key"
    assert (config.near_dedup.rows, config.near_dedup.bands, config.near_dedup.ngram) == (5, 8, 5)
    assert config.filters == ("near_dedup",)
    assert config.sources == ()


def test_a_language_code_is_never_read_as_false() -> None:
    assert load(None, (), ["language.keep=[no, en]"]).language.keep == ("no", "en")


@pytest.mark.parametrize("text", ["", "# nothing\n", "near_dedup:\n", "filters:\n"])
def test_what_is_left_empty_keeps_its_defaults(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    assert load(path) == Config()


def test_a_file_that_is_not_there_is_one_fault_with_a_next_action(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path / "none.yaml")
    assert caught.value.message == f"config `{tmp_path}/none.yaml` cannot be read: No such file or directory"
    assert caught.value.hint == "`evenhand init` writes one"


def test_a_file_in_latin_1_says_at_which_byte(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"input: {text_field: caf\xe9}")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 23"):
        load(path)


def test_no_path_and_no_output_is_recorded_but_declared_sources_are() -> None:
    config = Config(
        input={"paths": ["/hidden/a"]},
        sources=[Source(name="forum", paths=("/hidden/b",), licence="MIT")],
        output={"shard_bytes": 1 << 20},
    )
    document = config.document()
    assert "hidden" not in json.dumps(document)
    assert "output" not in document
    assert document["sources"][0]["name"] == "forum"
    assert document["sources"][0]["licence"] == "MIT"
    assert json.loads(json.dumps(document)) == document
    assert Config().document() == check(Config().document()).document()


def test_every_parameter_of_an_active_filter_is_either_policy_or_measured() -> None:
    config = Config(filters=FILTERS)
    for name, parameters in config.parameters().items():
        policy, measured = set(config.policy()[name]), set(config.measured()["filters"][name])
        assert policy | measured == set(type(parameters).model_fields) - PATHS.get(name, set())
        assert not policy & measured


def test_the_policy_hash_follows_the_policy_alone() -> None:
    plain = Config().policy_hash
    assert load(None, ["x"], ["near_dedup.threshold=.8", "input.text_field=t"]).policy_hash == plain
    assert load(None, (), ["gopher_quality.min_doc_words=51"]).policy_hash != plain
    assert load(None, (), ["filters=[language, near_dedup]"]).policy_hash != plain
    # Unused parameters are no part of it.
    used = load(None, (), ["filters=[language]"])
    unused = load(None, (), ["filters=[language]", "gopher_quality.min_doc_words=51"])
    assert used.policy_hash == unused.policy_hash


def test_what_is_measured_does_not_depend_on_the_order_of_filters_or_on_bounds() -> None:
    one = load(None, (), ["filters=[language, near_dedup]"])
    other = load(
        None, (), ["filters=[near_dedup, language]", "language.min_score=.5", "input.max_error_rate=1"]
    )
    assert one.measured() == other.measured()
    assert one.measured() != load(None, (), ["filters=[language]"]).measured()


def test_the_stricter_side_of_each_bound_is_that_of_its_check() -> None:
    for filter_ in CATALOGUE:
        parameters = Config().parameters()[filter_.name]
        for check_ in getattr(_module(filter_.name), "CHECKS", ()):
            bound = getattr(parameters, check_.bound)
            if check_.bound in parameters.MEASURED or bound is None:
                continue
            stricter = bound + (0.001 if check_.side == "at_least" else -0.001)
            section = {filter_.name: {"review": {check_.bound: stricter}}}
            assert check(section).parameters()[filter_.name].review == {check_.bound: stricter}
            section[filter_.name]["review"][check_.bound] = 2 * bound - stricter
            with pytest.raises(ConfigError):
                check(section)


def _module(name: str) -> object:
    return __import__(f"filters.{name}", fromlist=["CHECKS"])


def attempt(read: Callable[[], Config]) -> tuple[Config | None, str]:
    """(config, "") or (None, message); any other error is a fault of ours."""
    try:
        return read(), ""
    except UserError as error:
        return None, error.message


YAML = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Config.model_fields, *FILTERS, "paths", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Config.model_fields, "other"]), YAML, max_size=3))
def test_a_config_of_any_shape_is_accepted_or_refused_in_words(values: dict[str, object]) -> None:
    config, said = attempt(lambda: check(values))
    if config:
        assert check(config.document()).policy_hash == config.policy_hash
    else:
        assert said
        assert "[type=" not in said


@given(st.text(max_size=60))
def test_text_of_any_kind_is_accepted_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("config") / "c.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    config, said = attempt(lambda: load(path))
    assert config or said.startswith(str(path))
