from __future__ import annotations

from typing import Any

import pytest

from reconciler.desired.model import Ignore, Lifecycle
from reconciler.kind import ADDRESS, DELETION, STACK, State
from reconciler.steps import Action
from tests.unit.worlds import KINDS, actions, foreign, live, plan, resource, stack, step, world

A = "Thing/a"


def only(wanted: Any, found: Any, **more: Any) -> Any:
    made = plan(stack(wanted), found, **more)
    return step(made, wanted.address)


# One resource.


def test_what_is_not_there_is_created() -> None:
    found = only(resource(A, size=1), world())
    assert (found.action, found.cause, [d.path for d in found.differences]) == (Action.CREATE, "missing", ["size"])


def test_what_is_as_git_says_is_left_alone() -> None:
    assert only(resource(A, size=1), world(live(A, size=1, colour="red"))).action is Action.NONE


def test_what_git_does_not_mention_is_not_managed() -> None:
    assert only(resource(A), world(live(A, size=9, tags={"team": "x"}))).action is Action.NONE


def test_what_differs_is_updated() -> None:
    found = only(resource(A, size=2), world(live(A, size=1)))
    assert (found.action, found.fields, found.reason) == (Action.UPDATE, ["size"], "differs from git")
    assert (found.differences[0].desired, found.differences[0].live) == (2, 1)


def test_what_a_writer_covers_is_updated_too() -> None:
    assert only(resource(A, peers=[]), world(live(A, peers=["id-b"]))).action is Action.UPDATE


def test_what_cannot_change_in_place_is_replaced() -> None:
    found = only(resource(A, colour="red", size=2), world(live(A, colour="blue", size=1)))
    assert (found.action, found.reason) == (Action.REPLACE, "colour cannot change in place")


def test_a_name_that_differs_replaces() -> None:
    assert only(resource(A, thingName="new"), world(live(A))).action is Action.REPLACE


def test_prefix_and_suffix_make_the_name_and_not_the_address() -> None:
    made = plan(stack(resource(A), prefix="p-", suffix="-dev"), world(live(A, thingName="p-a-dev")))
    assert actions(made) == {A: "none"}
    assert made.wants[A].name == "p-a-dev"


def test_a_name_in_the_spec_is_used_as_it_stands() -> None:
    made = plan(stack(resource(A, thingName="exact"), suffix="-dev"), world())
    assert made.wants[A].name == "exact"


@pytest.mark.parametrize(
    ("state", "size", "action"),
    [
        (State.PENDING, 1, Action.WAIT),
        (State.PENDING, 2, Action.WAIT),
        (State.FAILED, 1, Action.FAILED),
        (State.FAILED, 2, Action.UPDATE),
        (State.LEAVING, 1, Action.WAIT),
        (State.DELETED, 1, Action.RESTORE),
    ],
)
def test_what_is_not_ready(state: State, size: int, action: Action) -> None:
    found = only(resource(A, size=size), world(live(A, size=1, state=state, reason="busy")))
    assert found.action is action
    if state in (State.PENDING, State.FAILED) and action is not Action.UPDATE:
        assert found.reason == "busy"


def test_some_fields_are_written_even_while_it_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(KINDS["Thing"]), "while_pending", frozenset({"size"}))
    found = only(resource(A, size=2, count=2), world(live(A, size=1, count=1, state=State.PENDING)))
    assert (found.action, found.fields) == (Action.UPDATE, ["size"])


def test_two_objects_of_one_address_are_refused_by_name() -> None:
    found = only(resource(A), world(live(A, "id-1"), live(A, "id-2")))
    assert (found.action, found.cause) == (Action.REFUSED, "conflict")
    assert "id-1 and id-2" in found.reason
    assert ADDRESS in found.reason


def test_what_could_not_be_read_is_unknown_and_nothing_is_done() -> None:
    found = world(unknown={"Thing": "AccessDenied"})
    assert actions(plan(stack(resource(A)), found)) == {A: "unknown"}
    gone = world(live("Thing/old"), unknown={"Thing": "AccessDenied"})
    assert actions(plan(stack(), gone)) == {}


def test_without_tags_nobody_knows_whose_it_is() -> None:
    assert only(resource(A), foreign(A, tags=None)).action is Action.UNKNOWN


# Somebody else's.


def test_an_object_without_owner_tags_is_a_conflict_with_the_way_out() -> None:
    found = only(resource(A), foreign(A, tags={}))
    assert (found.action, found.cause) == (Action.REFUSED, "conflict")
    assert "`lifecycle: {adopt: true}` in the document at all.yaml:1" in found.reason


def test_it_can_be_adopted() -> None:
    found = only(resource(A, Lifecycle(adopt=True), size=2), foreign(A, tags={"team": "x"}, size=1))
    assert found.action is Action.ADOPT
    assert {d.path for d in found.differences} == {"size", f"tags.{STACK}", f"tags.{ADDRESS}"}


def test_it_is_not_adopted_where_it_would_have_to_be_replaced() -> None:
    found = only(resource(A, Lifecycle(adopt=True), colour="red"), foreign(A, tags={}, colour="blue"))
    assert found.action is Action.REFUSED
    assert "colour cannot change in place" in found.reason


def test_another_stacks_object_is_never_taken() -> None:
    found = only(resource(A, Lifecycle(adopt=True)), foreign(A, tags={STACK: "other", ADDRESS: "Thing/x"}))
    assert found.action is Action.REFUSED
    assert "belongs to the stack other (Thing/x)" in found.reason


def test_a_name_that_is_on_its_way_out_is_waited_for() -> None:
    assert only(resource(A), foreign(A, tags={}, state=State.LEAVING)).action is Action.WAIT


# Tags and what is ignored.


def test_tags_that_we_set_are_managed_and_others_are_not() -> None:
    wanted = stack(resource(A, tags={"team": "a"}), tags={"env": "prod"})
    assert actions(plan(wanted, world(live(A, tags={"team": "a", "env": "prod", "theirs": "1"})))) == {A: "none"}
    found = step(plan(wanted, world(live(A, tags={"team": "b"}))), A)
    assert {(d.path, d.desired, d.live) for d in found.differences} == {
        ("tags.team", "a", "b"), ("tags.env", "prod", None),
    }  # fmt: skip


def test_a_new_revision_alone_changes_nothing() -> None:
    assert actions(plan(stack(resource(A), revision="newer"), world(live(A)))) == {A: "none"}


def test_how_it_may_be_deleted_is_kept_with_it() -> None:
    found = only(resource(A, Lifecycle(deletion="retain")), world(live(A)))
    assert [(d.path, d.desired) for d in found.differences] == [(f"tags.{DELETION}", "retain")]


@pytest.mark.parametrize("ignored", ["size", "environment.A", "tags.team", "environment"])
def test_a_field_that_somebody_else_owns_is_no_difference(ignored: str) -> None:
    lifecycle = Lifecycle(ignore=(Ignore(ignored, "theirs"),))
    wanted = resource(A, lifecycle, size=1, environment={"A": "1"}, tags={"team": "a"})
    same: dict[str, Any] = {"size": 1, "environment": {"A": "1"}, "tags": {"team": "a"}}
    top = ignored.partition(".")[0]
    other = {"size": 2, "environment": {"A": "2"}, "tags": {"team": "b"}}[top]
    assert only(wanted, world(live(A, **{**same, top: other}))).action is Action.NONE
    assert only(resource(A, **same), world(live(A, **{**same, top: other}))).action is Action.UPDATE


def test_an_ignored_part_is_not_written_with_the_rest_of_its_field() -> None:
    lifecycle = Lifecycle(ignore=(Ignore("environment.A", "theirs"),))
    found = only(
        resource(A, lifecycle, environment={"A": "1", "B": "1"}), world(live(A, environment={"A": "9", "B": "0"}))
    )
    assert [d.path for d in found.differences] == ["environment.B"]
    assert found.want.spec["environment"] == {"A": "9", "B": "1"}


# Causes.


@pytest.mark.parametrize(
    ("base", "wanted", "found", "cause"),
    [(1, 1, 2, "drift"), (1, 2, 1, "pending"), (1, 2, 3, "conflict"), (None, 2, 1, "unknown")],
)
def test_the_base_tells_who_moved(base: int | None, wanted: int, found: int, cause: str) -> None:
    bases = {A: {"size": base}} if base is not None else None
    made = only(resource(A, size=wanted), world(live(A, size=found)), bases=bases)
    assert made.cause == cause
    if base is not None:
        assert (made.causes, made.bases) == ({"size": cause}, {"size": base})


def test_the_worst_cause_of_the_fields_is_the_steps() -> None:
    bases = {A: {"size": 1, "count": 1}}
    made = only(resource(A, size=2, count=1), world(live(A, size=1, count=5)), bases=bases)
    assert made.causes == {"size": "pending", "count": "drift"}
    assert made.cause == "drift"


def test_a_field_that_git_never_had_is_pending() -> None:
    assert only(resource(A, size=2), world(live(A, size=1)), bases={A: {}}).cause == "pending"


# Purity.


def test_the_same_inputs_give_the_same_plan() -> None:
    wanted = stack(resource(A, size=2, parent="${Thing/b}"), resource("Thing/b"))
    found = world(live(A, size=1, parent="id-b"), live("Thing/b"), live("Thing/c"))
    assert plan(wanted, found) == plan(wanted, found)


def test_the_token_follows_the_content() -> None:
    def token(**spec: Any) -> str:
        return plan(stack(resource(A, **spec)), world()).wants[A].token

    assert token(size=1) == token(size=1)
    assert token(size=1) != token(size=2)
