from __future__ import annotations

from typing import Any

import pytest

from reconciler.desired.model import Lifecycle
from reconciler.kind import REPLACES, State
from reconciler.steps import Action
from reconciler.values import Unknown
from reconciler.wants import derived
from tests.unit.worlds import KINDS, actions, live, plan, ready, resource, stack, step, world

A = "Thing/a"


def only(wanted: Any, found: Any, **more: Any) -> Any:
    made = plan(stack(wanted), found, **more)
    return step(made, wanted.address)


def test_a_reference_means_what_its_kind_says() -> None:
    wanted = stack(
        resource("Thing/b", parent="${Thing/a}", environment={"AT": "x:${Thing/a:endpoint}", "ARN": "${Thing/a:arn}"}),
        resource(A),
    )
    made = plan(wanted, world(live(A, endpoint="a.example.com")))
    assert made.wants["Thing/b"].spec == {"parent": "id-a", "environment": {"AT": "x:a.example.com", "ARN": "arn:id-a"}}


def test_what_does_not_exist_yet_is_unknown_and_waited_for() -> None:
    wanted = stack(resource("Thing/b", parent="${Thing/a}"), resource(A))
    made = plan(wanted, world())
    assert made.wants["Thing/b"].spec["parent"] == Unknown("${Thing/a}")
    assert ready(made) == {A}
    assert ready(plan(wanted, world(live(A)))) == {"Thing/b"}
    assert ready(plan(wanted, world(live(A, state=State.PENDING)))) == set()


def test_things_that_know_each_other_do_not_wait_for_each_other() -> None:
    wanted = stack(resource(A, peers=["${Thing/b}"]), resource("Thing/b", peers=["${Thing/a}"]))
    made = plan(wanted, world())
    assert ready(made) == {A, "Thing/b"}
    made = plan(wanted, world(live(A), live("Thing/b")))
    assert actions(made) == {A: "update", "Thing/b": "update"}
    assert ready(made) == {A, "Thing/b"}


def test_dependencies_without_a_reference_count() -> None:
    wanted = stack(resource(A, Lifecycle(depends_on=("Thing/b",))), resource("Thing/b"))
    assert ready(plan(wanted, world())) == {"Thing/b"}


def test_a_resource_does_not_wait_for_itself() -> None:
    assert ready(plan(stack(resource(A, environment={"ME": "${Thing/a}"})), world())) == {A}


# Replacements and what they set off.


def test_whoever_stands_on_what_is_replaced_changes_too() -> None:
    wanted = stack(
        resource(A, colour="red"),
        resource("Thing/b", parent="${Thing/a}"),
        resource("Thing/c", environment={"X": "${Thing/b}"}),
        resource("Thing/d"),
    )
    found = world(
        live(A, colour="blue"),
        live("Thing/b", parent="id-a"),
        live("Thing/c", environment={"X": "id-b"}),
        live("Thing/d"),
    )
    made = plan(wanted, found)
    assert actions(made) == {A: "replace", "Thing/b": "replace", "Thing/c": "update", "Thing/d": "none"}
    assert ready(made) == {A}


def test_whoever_uses_what_renews_changes_too() -> None:
    wanted = stack(resource("Edition/e", size=2), resource(A, uses="${Edition/e}"))
    made = plan(wanted, world(live("Edition/e", size=1), live(A, uses="id-e")))
    assert actions(made) == {"Edition/e": "update", A: "update"}
    assert ready(made) == {"Edition/e"}


def test_whoever_uses_what_merely_changes_does_not() -> None:
    wanted = stack(resource("Thing/b", size=2), resource(A, parent="${Thing/b}"))
    assert actions(plan(wanted, world(live("Thing/b", size=1), live(A, parent="id-b")))) == {
        "Thing/b": "update",
        A: "none",
    }


def test_the_old_one_goes_when_everything_points_to_the_new_one() -> None:
    wanted = stack(resource(A, colour="red"), resource("Thing/b", size=1, uses="${Thing/a}"))
    new = live(A, "id-new", colour="red", tags={REPLACES: "id-old"})
    rewiring = plan(wanted, world(live(A, "id-old", colour="blue"), new, live("Thing/b", size=1, uses="id-old")))
    assert [(s.address, s.action.value) for s in rewiring.steps] == [(A, "none"), ("Thing/b", "update"), (A, "delete")]
    assert ready(rewiring) == {"Thing/b"}
    done = plan(wanted, world(live(A, "id-old", colour="blue"), new, live("Thing/b", size=1, uses="id-new")))
    assert [s.live.id for s in done.ready if s.live] == ["id-old"]


def test_the_derived_name_of_a_replacement_is_no_difference() -> None:
    wanted = resource(A, colour="red")
    made = plan(stack(wanted), world())
    name = derived(KINDS["Thing"], made.wants[A], live(A))
    assert name.startswith("a-")
    assert len(name) == len("a-") + 6
    found = live(A, "id-new", thingName=name, colour="red", tags={REPLACES: "id-old"})
    assert only(wanted, world(found)).action is Action.NONE
    assert only(wanted, world(live(A, "id-new", thingName=name, colour="red"))).action is Action.REPLACE


def test_a_derived_name_is_short_enough() -> None:
    long = "a" * 20
    made = plan(stack(resource(f"Thing/{long}")), world())
    name = derived(KINDS["Thing"], made.wants[f"Thing/{long}"], live(f"Thing/{long}"))
    assert len(name) == 20
    assert name != long


# What has to go.


def test_what_git_no_longer_names_is_deleted() -> None:
    made = plan(stack(resource(A)), world(live(A), live("Thing/old")))
    found = step(made, "Thing/old")
    assert (found.action, found.cause, found.reason) == (Action.DELETE, "orphan", "git no longer names it")


def test_deletions_go_from_the_top_down() -> None:
    found = world(
        live("Thing/base"),
        live("Thing/middle", parent="id-base"),
        live("Thing/top", environment={"X": "arn:id-middle"}),
    )
    made = plan(stack(), found)
    assert ready(made) == {"Thing/top"}
    made = plan(stack(), world(live("Thing/base"), live("Thing/middle", parent="id-base")))
    assert ready(made) == {"Thing/middle"}


def test_deletions_that_hold_each_other_are_tried_all_the_same() -> None:
    found = world(live(A, peers=["id-b"]), live("Thing/b", peers=["id-a"]), live("Thing/c", parent="id-a"))
    made = plan(stack(), found)
    assert ready(made) == {"Thing/b", "Thing/c"}


def test_a_ring_of_three_is_tried_all_the_same() -> None:
    found = world(live(A, peers=["id-b"]), live("Thing/b", peers=["id-c"]), live("Thing/c", peers=["id-a"]))
    assert ready(plan(stack(), found)) == {A, "Thing/b", "Thing/c"}


@pytest.mark.parametrize(
    ("state", "action"), [(State.LEAVING, ["wait"]), (State.DELETED, []), (State.PENDING, ["delete"])]
)
def test_what_goes_already_is_waited_for(state: State, action: list[str]) -> None:
    made = plan(stack(), world(live(A, state=state)))
    assert [s.action.value for s in made.steps] == action


def test_destroying_takes_everything() -> None:
    made = plan(stack(resource(A)), world(live(A), live("Thing/old")), destroy=True)
    assert actions(made) == {A: "delete", "Thing/old": "delete"}
