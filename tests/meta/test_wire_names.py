from __future__ import annotations

import pytest

from reconciler.calls import Call
from reconciler.kind import Kind
from reconciler.kinds import KINDS
from tests.meta.wire import SPELLING, drive, everything, faults, model, programs, reading

READING = ("Describe", "Get", "Head", "List")
ALL = pytest.mark.parametrize("kind", [pytest.param(kind, id=name) for name, kind in KINDS.items()])


@ALL
def test_aws_has_every_name_that_the_kind_sends(kind: Kind) -> None:
    """Create, every writer, tag, restore and delete, with every field at every depth."""
    assert [
        f"{what}: {fault}" for what, program in programs(kind) for call in drive(program) if (fault := faults(call))
    ] == []


@ALL
def test_aws_has_every_name_that_the_kind_asks_with(kind: Kind) -> None:
    assert [fault for call in drive(reading(kind)) if (fault := faults(call))] == []


@ALL
def test_reading_only_reads(kind: Kind) -> None:
    calls = list(drive(reading(kind)))
    assert calls
    assert [str(c) for c in calls if c.writes or not c.operation.startswith(READING)] == []


@ALL
def test_writing_is_known_to_write(kind: Kind) -> None:
    """What is neither is sent twice, or refused to a role that may only read."""
    calls = {str(c): c.writes for _, program in programs(kind) for c in drive(program)}
    assert any(calls.values())
    assert [name for name, writes in calls.items() if writes is name.partition(":")[2].startswith(READING)] == []


@ALL
def test_every_field_reaches_aws(kind: Kind) -> None:
    lost = [n for n, f in kind.fields.items() if n != "tags" and not f.create and not kind.changes_in_place(n)]
    sent = {name for _, program in programs(kind) for call in drive(program) for name in call.params}
    assert [n for n in lost if kind.fields[n].implied is None and n not in sent] == []


@ALL
def test_the_regular_operations_exist(kind: Kind) -> None:
    api, names = kind.api, model(kind.service.name).operation_names
    assert [o for o in (api.read, api.create, api.update, api.delete) if o and o not in names] == []


@ALL
def test_idempotency_tokens_exist(kind: Kind) -> None:
    """A token that the API does not have protects nothing."""
    calls = [c for _, program in programs(kind) for c in drive(program) if c.token]
    assert bool(calls) >= bool(kind.api.token)
    assert [str(c) for c in calls if c.token not in table(c)] == []


def table(call: Call) -> dict[str, str]:
    return SPELLING.table(model(call.service).operation_model(call.operation).input_shape)


@ALL
def test_it_says_what_it_is(kind: Kind) -> None:
    assert (type(kind).__doc__ or "").strip().partition("\n")[0].endswith(".")
    assert [n for n, f in kind.fields.items() if f.implied is None and not f.doc.strip()] == []


@ALL
def test_it_says_what_it_leaves_out(kind: Kind) -> None:
    """A parameter of the create call that nobody can set is left out on purpose, and said to be."""
    if not kind.api.create:
        return
    shape = model(kind.service.name).operation_model(kind.api.create).input_shape
    known = {*kind.fields, kind.named, kind.api.token, *INSIDE}
    missing = [n for n in SPELLING.table(shape) if n not in known]
    assert not missing or kind.left_out, missing


INSIDE = {"tags", "tagSpecifications", "dryRun", "clientToken", "clientRequestToken", "callerReference", "accountId"}
"""Parameters by which the program itself speaks to AWS."""


# That these tests can fail.


def test_a_wrong_name_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["DBInstance"]
    monkeypatch.setattr(
        kind, "fields", {**kind.fields, "dbInstanceClas": kind.fields["dbInstanceClass"]}, raising=False
    )
    assert any("has no dbInstanceClas" in faults(c) for _, p in programs(kind) for c in drive(p))


def test_a_wrong_name_deep_inside_is_found() -> None:
    call = Call("ecs", "RegisterTaskDefinition", {"family": "x", "containerDefinitions": [{"nam": "x"}]})
    assert faults(call) == "ecs:RegisterTaskDefinition: the API has no containerDefinitions[].nam"


def test_a_wrong_type_is_found() -> None:
    assert "Invalid type" in faults(Call("ec2", "CreateVpc", {"cidrBlock": 5}))


def test_a_sample_has_every_part() -> None:
    want, _ = everything(KINDS["TaskDefinition"])
    assert set(want["containerDefinitions"][0]) == set(
        KINDS["TaskDefinition"].fields["containerDefinitions"].type.inner()
    )
