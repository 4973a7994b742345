from __future__ import annotations

from typing import Any

import pytest

from reconciler.desired.yaml import Written
from reconciler.types import (
    AtLeast,
    Cidr,
    Document,
    Flag,
    Integer,
    ListOf,
    MapOf,
    Number,
    Ref,
    SetOf,
    Struct,
    Text,
    Type,
    Version,
    WriteOnly,
)  # fmt: skip
from reconciler.values import Sealed, SecretRef, Unknown

LATER = Unknown("${VPC/main}")
PAIR = Struct({"name": Text(), "port": Integer()})


def paths(kind: Type, want: Any, have: Any) -> list[str]:
    return [d.path for d in kind.diff("x", want, have)]


@pytest.mark.parametrize(
    ("kind", "want", "have"),
    [
        (Text(), "a", "a"),
        (Text(fold=True), "Postgres", "postgres"),
        (Cidr(), "10.0.0.5/16", "10.0.0.0/16"),
        (Cidr(), "2001:db8::1/32", "2001:DB8::/32"),
        (Number(), 80, 80.0),
        (AtLeast(), 20, 20),
        (AtLeast(), 20, 100),
        (Version(), "15", "15.4"),
        (Version(), "15.4", "15.4"),
        (Version(), "15.4", "15.10"),
        (Ref(kind="Role", last=True), "arn:aws:iam::1:role/app", "app"),
        (ListOf(Text()), ["a", "b"], ["a", "b"]),
        (SetOf(Text()), ["b", "a", "a"], ["a", "b"]),
        (SetOf(PAIR, by="name"), [{"name": "b"}, {"name": "a"}], [{"name": "a", "port": 1}, {"name": "b"}]),
        (MapOf(), {"a": 1, "b": True, "c": "x"}, {"a": "1", "b": "true", "c": "x"}),
        (MapOf(partial=True), {"a": "1"}, {"a": "1", "b": "2"}),
        (PAIR, {"name": "a"}, {"name": "a", "port": 80}),
        (Struct({"a": Flag()}, defaults={"a": False}), {"a": False}, {}),
        (Document(), {"b": 1, "a": [1]}, '{"a":[1],"b":1}'),
    ],
)
def test_equal_in_meaning(kind: Type, want: Any, have: Any) -> None:
    assert paths(kind, want, have) == []


@pytest.mark.parametrize(
    ("kind", "want", "have", "differing"),
    [
        (Text(), "a", "A", ["x"]),
        (Text(), "a", None, ["x"]),
        (Cidr(), "10.0.0.0/16", "10.0.0.0/17", ["x"]),
        (AtLeast(), 20, 19, ["x"]),
        (Version(), "15.4", "15.3", ["x"]),
        (Version(), "16", "15.9", ["x"]),
        (Version(), "15", "16.1", ["x"]),
        (Version(), "1", "15.1", ["x"]),
        (ListOf(Text()), ["a", "b"], ["b", "a"], ["x[0]", "x[1]"]),
        (ListOf(Text()), ["a"], ["a", "b"], ["x"]),
        (SetOf(Text()), ["a"], ["a", "b"], ["x"]),
        (SetOf(PAIR, by="name"), [{"name": "a", "port": 1}], [{"name": "a", "port": 2}], ["x[a].port"]),
        (SetOf(PAIR, by="name"), [{"name": "a"}], [{"name": "b"}], ["x[a]", "x[b]"]),
        (MapOf(), {"a": "1"}, {"a": "2", "b": "3"}, ["x.a", "x.b"]),
        (MapOf(partial=True), {"a": "1", "c": "1"}, {"a": "2", "b": "3"}, ["x.a", "x.c"]),
        (PAIR, {"name": "a", "port": 1}, {"name": "b"}, ["x.name", "x.port"]),
        (PAIR, {"name": "a"}, None, ["x"]),
        (Document(), {"a": {"b": [1, 2]}, "c": 1}, {"a": {"b": [1, 3]}, "c": 1}, ["x.a.b[1]"]),
        (Document(), {"a": 1}, {"a": 1, "b": 2}, ["x.b"]),
    ],
)
def test_different_in_meaning(kind: Type, want: Any, have: Any, differing: list[str]) -> None:
    assert paths(kind, want, have) == differing


@pytest.mark.parametrize(
    ("kind", "empty", "some"),
    [
        (ListOf(Text()), [], ["a"]),
        (SetOf(Text()), [], ["a"]),
        (SetOf(PAIR, by="name"), [], [{"name": "a"}]),
        (MapOf(), {}, {"a": "1"}),
        (Text(), "", "a"),
    ],
)
def test_an_explicit_empty_value_means_none(kind: Type, empty: Any, some: Any) -> None:
    assert paths(kind, empty, None) == []
    assert paths(kind, empty, empty) == []
    assert paths(kind, empty, some) != []


def test_an_empty_structure_manages_nothing() -> None:
    assert paths(PAIR, {}, None) == []
    assert paths(PAIR, {}, {"name": "a"}) == []


@pytest.mark.parametrize(
    "kind", [Text(), Cidr(), AtLeast(), Version(), ListOf(Text()), SetOf(PAIR, by="name"), MapOf(), PAIR, Document()]
)
def test_what_is_not_known_yet_differs_from_everything(kind: Type) -> None:
    assert paths(kind, LATER, None) == ["x"]
    assert paths(kind, LATER, "anything") == ["x"]


def test_what_is_not_known_yet_inside_a_structure_differs_alone() -> None:
    assert paths(PAIR, {"name": LATER, "port": 1}, {"name": "a", "port": 1}) == ["x.name"]
    assert paths(MapOf(), {"a": LATER, "b": "1"}, {"a": "1", "b": "1"}) == ["x.a"]
    assert paths(SetOf(Text()), ["a", LATER], ["a"]) == ["x"]


def test_a_map_of_pairs_is_a_list_in_requests_and_responses() -> None:
    kind = MapOf(pair=("name", "value"))
    assert kind.encode({"A": 1, "B": False}) == [{"name": "A", "value": "1"}, {"name": "B", "value": "false"}]
    assert kind.decode([{"name": "A", "value": "1"}, {"name": "B"}]) == {"A": "1", "B": ""}


def test_a_number_in_a_map_of_texts_is_the_text_that_git_has() -> None:
    kind = MapOf()
    assert kind.encode({"VERSION": Written("1.10")}) == {"VERSION": "1.10"}
    assert kind.schema()["additionalProperties"]["type"] == ["string", "number", "boolean"]


def test_a_document_travels_as_json() -> None:
    assert Document().encode({"b": 1, "a": "${x}"}) == '{"a":"${x}","b":1}'
    assert Document().decode('{"a":1}') == {"a": 1}


def test_a_document_is_compared_by_its_meaning() -> None:
    folded = Document(meaning=lambda value: {k.lower(): v for k, v in value.items()})
    assert paths(folded, {"A": 1}, '{"a":1}') == []


def test_responses_are_brought_to_the_form_of_git() -> None:
    assert Integer().decode("80") == 80
    assert Flag().decode("True") is True
    assert Flag().decode("false") is False
    assert PAIR.decode({"name": "a", "port": None, "other": 1}) == {"name": "a"}


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Text(enum=("a", "b")), {"type": "string", "enum": ["a", "b"]}),
        (Text(length=(1, 3), pattern="^a"), {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^a"}),
        (Cidr(), {"type": "string", "format": "cidr"}),
        (Integer(0, 5), {"type": "integer", "minimum": 0, "maximum": 5}),
        (Integer(choices=(1, 3)), {"type": "integer", "enum": [1, 3]}),
        (
            ListOf(Flag(), least=1, most=2),
            {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2},
        ),
        (Ref(kind="VPC"), {"type": "string", "x-refersTo": "VPC"}),
    ],
)
def test_a_type_has_its_schema(kind: Type, schema: dict[str, Any]) -> None:
    assert kind.schema() == schema


def test_a_structure_is_closed() -> None:
    schema = Struct({"a": Text()}, required=("a",), docs={"a": "An a."}).schema()
    assert schema == {
        "type": "object", "additionalProperties": False, "required": ["a"],
        "properties": {"a": {"type": "string", "description": "An a."}},
    }  # fmt: skip


def test_a_secret_text_is_known_by_its_fingerprint() -> None:
    one, same, other = (Sealed(("x:", SecretRef("arn:a", v))) for v in ("1", "1", "2"))
    assert paths(WriteOnly(), one, WriteOnly().canon(same)) == []
    assert paths(WriteOnly(), one, WriteOnly().canon(other)) == ["x"]
    assert WriteOnly().canon(SecretRef("arn:a", "1")) == Sealed((SecretRef("arn:a", "1"),)).fingerprint


def test_secrets_do_not_show() -> None:
    hidden = Sealed(("hunter2", SecretRef("arn:a", "1")))
    assert "hunter2" not in f"{hidden} {hidden!r} {[hidden]}"
