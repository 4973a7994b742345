from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.desired.yaml import DEEPEST, LARGEST, MOST_NODES, Document, load
from reconciler.errors import Problem
from reconciler.expressions import Reference, Template, Variable


def one(text: str) -> Any:
    """The data of a text that is one document without problems."""
    documents, problems = load(text.encode(), "f.yaml")
    assert problems == []
    (document,) = documents
    return document.data


def first_problem(text: str | bytes) -> Problem:
    _, problems = load(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    assert problems
    return problems[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("y", "y"), ("NO", "NO"),
        ("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None),
        ("0", 0), ("-7", -7), ("+7", 7), ("443", 443), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0),
        ("022", "022"), ("007", "007"), ("0o17", "0o17"), ("0x1F", "0x1F"), ("1_000", "1_000"),
        ("12:30:45", "12:30:45"), ("2026-12-01", "2026-12-01"), ("1.2.3", "1.2.3"), ("10.0.0.0/16", "10.0.0.0/16"),
        (".inf", ".inf"), (".nan", ".nan"), ("1e999", "1e999"), ("9" * 5000, "9" * 5000),
        ('"443"', "443"), ("'true'", "true"), ('""', ""), ("'~'", "~"), ("=", "="), ("é", "é"),
        ("|\n  two\n  lines", "two\nlines\n"),
    ],
)  # fmt: skip
def test_a_scalar_is_what_yaml_1_2_says(written: str, meant: Any) -> None:
    found = one(f"a: {written}\n")["a"]
    assert found == meant
    assert type(found) is type(meant) or (isinstance(found, float) and isinstance(meant, float))


@pytest.mark.parametrize("written", ["1.10", "2.0", "1e3", ".50"])
def test_a_number_remembers_how_it_was_written(written: str) -> None:
    assert str(one(f"a: {written}")["a"]) == written


def test_expressions_are_read_in_plain_and_quoted_texts() -> None:
    found = one('a: ${VPC/main}\nb: "x-${domain}"\nc: ["${Key/a:arn}"]\nd: $${literal}\n')
    assert found["a"] == Template((Reference("VPC", "main"),))
    assert found["b"] == Template(("x-", Variable("domain")))
    assert found["c"] == [Template((Reference("Key", "a", "arn"),))]
    assert found["d"] == "${literal}"


def test_a_key_is_the_text_that_stands_there() -> None:
    assert one("1: a\ntrue: b\n~: c\n022: d\n") == {"1": "a", "true": "b", "~": "c", "022": "d"}


def marks(text: str) -> Document:
    documents, _ = load(text.encode(), "f.yaml")
    return documents[0]


def test_every_key_and_value_has_its_place() -> None:
    document = marks("a: 1\nb:\n  - x\n  - {c:   2}\n")
    places = {path: (m.line, m.column) for path, m in document.values.items()}
    assert places == {
        (): (1, 1), ("a",): (1, 4), ("b",): (3, 3), ("b", 0): (3, 5), ("b", 1): (4, 5), ("b", 1, "c"): (4, 11),
    }  # fmt: skip
    assert (document.keys["b", 1, "c"].line, document.keys["b", 1, "c"].column) == (4, 6)


def test_columns_count_characters_and_not_bytes() -> None:
    assert marks("é: {ü: 1}\n").values["é", "ü"].column == 8


def test_a_missing_place_is_the_nearest_one_around_it() -> None:
    document = marks("a:\n  b: 1\n")
    assert document.mark(("a", "b", "c")) == document.values["a", "b"]
    assert document.key_mark(("a", "x")) == document.values["a",]


@pytest.mark.parametrize("text", ["a: 1\r\nb: x\r\n", "\ufeffa: 1\nb: x\n", "# first\n\na: 1 # one\nb: x"])
def test_line_ends_marks_of_order_and_comments_do_not_matter(text: str) -> None:
    assert one(text) == {"a": 1, "b": "x"}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "---\n---\n", "---\n# nothing\n---\n"])
def test_nothing_is_no_document_and_no_problem(text: str) -> None:
    assert load(text.encode(), "f.yaml") == ([], [])


def test_documents_are_told_apart() -> None:
    documents, problems = load(b"a: 1\n---\n---\nb: 2\n", "f.yaml")
    assert [d.data for d in documents] == [{"a": 1}, {"b": 2}]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: &x 1\nb: *x\n", 1, 4, "&x is an anchor"),
        ("&x a: 1\n", 1, 1, "&x is an anchor"),
        ("a: *x\n", 1, 4, "*x is an alias"),
        ("a: {<<: {b: 1}}\n", 1, 5, "merge keys are not accepted"),
        ("a: !!str 1\n", 1, 4, "is a tag"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "is a tag"),
        ("a: !local {}\n", 1, 4, "!local is a tag"),
        ("? [1]\n: 2\n", 1, 3, "only a text can be a key"),
        ("a:\n  ${b}: 1\n", 2, 3, "expressions stand in values only"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, 3, "b.c: stands here twice (first on line 3)"),
        ("a:\n\tb: 1\n", 2, 1, "a tab stands in the indentation"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "the indentation or the punctuation is wrong"),
        ("a: b: c\n", 1, 5, "the indentation or the punctuation is wrong"),
        ("a: 'x\nb: 1\n", 1, 4, "a quote opens here and is never closed"),
        ("a: [1, 2\nb: 3\n", 2, 2, "a comma or the closing bracket is missing (it opens on line 1)"),
        ("a: [${VPC/main}]\n", 1, 6, "quote what holds ${…}"),
        ("a: @x\n", 1, 4, "If it is a text, quote it"),
        ("a: ${VPC main}\n", 1, 4, "a: ${VPC main} is neither a variable nor a reference"),
        ("a: ${x\n", 1, 4, "a: ${ has no closing brace"),
    ],
)
def test_what_is_not_accepted_is_told_at_its_place(text: str, line: int, column: int, words: str) -> None:
    problem = first_problem(text)
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message


@pytest.mark.parametrize("text", [b"a: \x00", b"a: \x80", b"\xff\xfe\x00\xd8", b"\xc3("])
def test_what_is_no_text_is_a_problem(text: bytes) -> None:
    assert "UTF-8" in first_problem(text).message


def test_a_problem_names_the_document_it_is_in() -> None:
    text = "kind: VPC\nmetadata: {name: main}\nspec: {a: 1, a: 2}\n---\nkind: VPC\nmetadata: {name: other}\nspec: *x\n"
    assert first_problem(text).subject == "VPC/main"


def test_a_syntax_error_keeps_the_documents_before_it() -> None:
    documents, problems = load(b"a: 1\n---\nb: [\n", "f.yaml")
    assert [d.data for d in documents] == [{"a": 1}]
    assert len(problems) == 1


def test_a_duplicate_is_told_once_and_the_first_value_counts() -> None:
    documents, problems = load(b"a: {x: 1}\na: {x: 2}\nb: 1\n", "f.yaml")
    assert documents[0].data == {"a": {"x": 1}, "b": 1}
    assert [(p.line, p.column) for p in problems] == [(2, 1)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"#" * (LARGEST + 1), "longer than 1,048,576 bytes"),
        (b"[" * (DEEPEST + 2), "too deep"),
        (b"- 1\n" * (MOST_NODES + 1), "too large"),
        (b"a: &a [x]\n" + b"b: [*a, *a]\n" * 1000, "anchor"),
    ],
)
def test_what_would_grow_is_refused(text: bytes, words: str) -> None:
    assert words in first_problem(text).message


def test_what_is_just_within_the_limits_is_read() -> None:
    assert load(b"[" * DEEPEST + b"]" * DEEPEST, "f")[1] == []


PIECES = st.sampled_from([
    "a", "b: ", "- ", "\n", "  ", "\t", "{", "}", "[", "]", ",", ":", "?", "&a ", "*a", "!x ", "<<: ", "${", "}", "$${",
    "${VPC/a}", '"', "'", "|\n", ">\n", "#", "---\n", "...\n", "%YAML 1.1\n", "9", "0", ".", "e", "~", "\r\n", "\ufeff", "é", "\\",
])  # fmt: skip


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_makes_the_reader_fall_over(text: str) -> None:
    documents, problems = load(text.encode(), "f")
    for document in documents:
        assert () in document.values
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fall_over(text: bytes) -> None:
    documents, problems = load(text, "f")
    assert isinstance(documents, list)
    assert all(isinstance(p, Problem) for p in problems)
