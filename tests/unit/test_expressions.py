from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.expressions import Reference, Template, Variable, parse, references, walk


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("${VPC/main}", (Reference("VPC", "main"),)),
        ("${Secret/b2b/db/master:value}", (Reference("Secret", "b2b/db/master", "value"),)),
        ("${domain}", (Variable("domain"),)),
        ("api.${domain}:443", ("api.", Variable("domain"), ":443")),
        ("${a}${b}", (Variable("a"), Variable("b"))),
        ("$${a}-${b}", ("${a}-", Variable("b"))),
        ("arn:${Key/a:arn}/${Key/a}", ("arn:", Reference("Key", "a", "arn"), "/", Reference("Key", "a"))),
    ],
)
def test_expressions_are_found_in_a_text(text: str, parts: tuple[object, ...]) -> None:
    assert parse(text) == Template(parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "plain"),
    [("", ""), ("plain", "plain"), ("$", "$"), ("$x {y}", "$x {y}"), ("$${x}", "${x}"), ("a$${", "a${")],
)
def test_a_text_without_expressions_stays_a_text(text: str, plain: str) -> None:
    assert parse(text) == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${VPC main}", "neither a variable nor a reference"),
        ("${}", "neither a variable nor a reference"),
        ("${VPC/}", "neither a variable nor a reference"),
        ("${VPC/a:b:c}", "neither a variable nor a reference"),
        ("${1st}", "neither a variable nor a reference"),
        ("${ domain }", "neither a variable nor a reference"),
        ("x ${VPC/main", "no closing brace"),
    ],
)
def test_a_malformed_expression_says_what_is_accepted(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse(text)
    assert "${Kind/name:attribute}" in str(caught.value)


def test_what_follows_an_open_brace_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="closing brace") as caught:
        parse("hunter2${swordfish")
    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize("text", ["${VPC/main}", "a ${b} $${c} ${Key/x:arn}"])
def test_a_template_writes_itself_as_it_was(text: str) -> None:
    assert str(parse(text)) == text


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["a", "$", "{", "}", "/", ":", "${x}", "${K/n}", "${K/n:a}", "$${"]), max_size=12))
def test_what_is_read_can_be_written_and_read_again(pieces: list[str]) -> None:
    try:
        found = parse("".join(pieces))
    except ValueError:
        return
    if isinstance(found, Template):
        assert parse(str(found)) == found


def test_references_are_found_at_any_depth() -> None:
    tree = {"a": [parse("${VPC/a}"), {"b": parse("x${Key/b:arn}${v}")}], "c": "plain"}
    assert [r.address for r in references(tree)] == ["VPC/a", "Key/b"]


def test_walking_changes_templates_and_nothing_else() -> None:
    tree = {"a": [parse("${VPC/a}"), 1], "b": {"c": True}}
    assert walk(tree, str) == {"a": ["${VPC/a}", 1], "b": {"c": True}}
