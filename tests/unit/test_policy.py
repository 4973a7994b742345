from __future__ import annotations

from typing import Any

import pytest

from reconciler.desired.model import Lifecycle
from reconciler.kind import DELETION, REPLACES
from reconciler.steps import Action
from tests.unit.worlds import actions, guarded, live, resource, stack, step, world

A = "Thing/a"
KEPT = resource("Thing/kept")
OLD, KEPT_LIVE = "Thing/old", live("Thing/kept")


def pruned(old: str = OLD, *, limits: dict[str, Any] | None = None, destroy: bool = False, **more: Any) -> Any:
    """What becomes of an object that git does not name."""
    return step(guarded(stack(KEPT, limits=limits or {}), world(KEPT_LIVE, live(old, **more)), destroy=destroy), old)


def test_what_git_no_longer_names_is_pruned() -> None:
    assert pruned().action is Action.DELETE


def test_nothing_is_pruned_without_the_policy() -> None:
    found = pruned(limits={"prune": False})
    assert (found.action, found.instead_of) == (Action.KEEP, Action.DELETE)
    assert "prune: true" in found.reason


def test_destroying_needs_no_such_policy() -> None:
    assert pruned(limits={"prune": False}, destroy=True).action is Action.DELETE


@pytest.mark.parametrize("destroy", [False, True])
def test_what_holds_data_is_kept_unless_git_said_otherwise(*, destroy: bool) -> None:
    found = pruned("Store/old", destroy=destroy)
    assert found.action is Action.KEEP
    assert "it holds data" in found.reason
    assert "lifecycle: {deletion: delete}" in found.reason
    assert pruned("Store/old", destroy=destroy, tags={DELETION: "delete"}).action is Action.DELETE


def test_the_last_word_of_git_is_read_from_its_tag() -> None:
    found = pruned(tags={DELETION: "retain"})
    assert found.action is Action.KEEP
    assert "git says so" in found.reason


@pytest.mark.parametrize(("told", "action"), [("retain", Action.KEEP), ("delete", Action.DELETE), (None, Action.KEEP)])
def test_destroying_respects_what_git_says_of_a_resource(told: str | None, action: Action) -> None:
    wanted = stack(resource("Store/s", Lifecycle(deletion=told)))
    assert step(guarded(wanted, world(live("Store/s")), destroy=True), "Store/s").action is action


def test_what_aws_would_refuse_to_delete_is_refused_in_words() -> None:
    found = pruned("Store/old", tags={DELETION: "delete"}, locked=True)
    assert (found.action, found.instead_of, found.reason) == (Action.REFUSED, Action.DELETE, "it is locked. Unlock it")


def test_an_empty_stack_prunes_nothing() -> None:
    found = step(guarded(stack(), world(live(OLD))), OLD)
    assert found.action is Action.REFUSED
    assert "names no resource at all" in found.reason
    assert step(guarded(stack(), world(live(OLD)), destroy=True), OLD).action is Action.DELETE


def test_what_a_kept_object_stands_on_is_kept_with_it() -> None:
    found = world(
        KEPT_LIVE,
        live("Store/s", parent="id-middle"),
        live("Thing/middle", parent="id-base"),
        live("Thing/base"),
        live("Thing/free"),
    )
    made = guarded(stack(KEPT), found)
    assert actions(made) == {
        "Thing/kept": "none", "Store/s": "keep", "Thing/middle": "keep", "Thing/base": "keep", "Thing/free": "delete",
    }  # fmt: skip
    assert "Store/s stands on it" in step(made, "Thing/middle").reason


def test_what_a_refused_deletion_stands_on_is_kept_too() -> None:
    found = world(KEPT_LIVE, live("Solo/s", parent="id-base", locked=True), live("Thing/base"))
    assert actions(guarded(stack(KEPT), found)) == {"Thing/kept": "none", "Solo/s": "refused", "Thing/base": "keep"}


# Numbers.


def many(number: int) -> Any:
    return world(KEPT_LIVE, *(live(f"Thing/old{i}") for i in range(number)))


@pytest.mark.parametrize(("number", "action"), [(2, "delete"), (3, "refused")])
def test_more_deletions_than_the_policy_allows_are_refused(number: int, action: str) -> None:
    made = guarded(stack(KEPT, limits={"max_deletes": 2}), many(number))
    assert {a for k, a in actions(made).items() if "old" in k} == {action}
    if action == "refused":
        said = step(made, "Thing/old0").reason
        assert said.startswith("3 resources would be deleted at once (3 Thing), and the stack's policy allows 2.")
        assert "policy.maxDeletes" in said


def test_what_is_kept_anyway_does_not_count() -> None:
    found = world(KEPT_LIVE, live("Thing/old"), live("Store/s1"), live("Store/s2"))
    made = guarded(stack(KEPT, limits={"max_deletes": 1}), found)
    assert step(made, "Thing/old").action is Action.DELETE


def test_destroying_is_not_limited() -> None:
    made = guarded(stack(KEPT, limits={"max_deletes": 0}), many(3), destroy=True)
    assert set(actions(made).values()) == {"delete"}


@pytest.mark.parametrize(("most", "action"), [(2, "replace"), (1, "refused")])
def test_more_replacements_than_the_policy_allows_are_refused(most: int, action: str) -> None:
    wanted = [resource(f"Thing/{n}", Lifecycle(replacement="allow"), colour="red") for n in "ab"]
    found = world(*(live(f"Thing/{n}", colour="blue") for n in "ab"))
    made = guarded(stack(*wanted, limits={"max_replaces": most}), found)
    assert set(actions(made).values()) == {action}


def test_what_a_replacement_superseded_goes_whatever_the_policy_says() -> None:
    new = live(A, "id-new", colour="red", tags={REPLACES: "id-a"})
    limits = {"prune": False, "max_deletes": 0}
    made = guarded(stack(resource(A, colour="red"), limits=limits), world(live(A, colour="blue"), new))
    assert [(s.action.value, s.live.id) for s in made.steps if s.live] == [("none", "id-new"), ("delete", "id-a")]


# Replacements.


@pytest.mark.parametrize(
    ("address", "told", "action"),
    [
        ("Thing/a", None, Action.REPLACE),
        ("Thing/a", "allow", Action.REPLACE),
        ("Thing/a", "refuse", Action.REFUSED),
        ("Store/a", None, Action.REFUSED),
        ("Store/a", "allow", Action.REPLACE),
        ("Store/a", "refuse", Action.REFUSED),
    ],
)
def test_replacing_is_refused_where_data_or_git_says_so(address: str, told: str | None, action: Action) -> None:
    wanted = stack(resource(address, Lifecycle(replacement=told), colour="red"))
    found = step(guarded(wanted, world(live(address, colour="blue"))), address)
    assert found.action is action
    if action is Action.REFUSED:
        assert "colour cannot change in place" in found.reason
        assert "`lifecycle: {replacement: allow}`" in found.reason


@pytest.mark.parametrize(("address", "action"), [("Solo/a", Action.REFUSED), ("Store/a", Action.REPLACE)])
def test_a_lock_stops_a_replacement_that_has_to_delete_first(address: str, action: Action) -> None:
    wanted = stack(resource(address, Lifecycle(replacement="allow"), colour="red"))
    assert step(guarded(wanted, world(live(address, colour="blue", locked=True))), address).action is action


# Targets.


def test_targets_take_what_they_need_along_and_nothing_else() -> None:
    wanted = stack(
        resource(A, parent="${Thing/b}"),
        resource("Thing/b", parent="${Thing/c}"),
        resource("Thing/c"),
        resource("Thing/d", parent="${Thing/a}"),
    )
    made = guarded(wanted, world(live("Thing/old")), targets=["Thing/b"])
    assert actions(made) == {"Thing/b": "create", "Thing/c": "create"}


def test_an_update_is_not_guarded() -> None:
    made = guarded(stack(resource("Store/s", size=2), limits={"prune": False}), world(live("Store/s", size=1)))
    assert actions(made) == {"Store/s": "update"}
