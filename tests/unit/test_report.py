from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.desired.model import Lifecycle
from reconciler.expressions import parse
from reconciler.kind import State
from reconciler.policy import allow
from reconciler.report import EXIT, WORST, Outcome, document, exit_code
from reconciler.report.text import render, short
from reconciler.resolve import World
from reconciler.steps import Action, Plan
from reconciler.values import Sealed, SecretRef
from tests.unit.worlds import live, plan, resource, stack, step, world

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "schemas/report.json").read_text(encoding="utf-8"))
A, B = "Thing/a", "Thing/b"
SECRET = Sealed(("hunter2", SecretRef("arn:aws:secretsmanager:x", "1")))


def report(
    wanted: Any, found: World, command: str = "plan", *, left: Plan | None = None, **more: Any
) -> dict[str, Any]:
    """The report, which the schema must accept and JSON must be able to carry."""
    made = allow(plan(wanted, found, more.pop("bases", None)), wanted)
    told = document(Outcome(command, wanted, "123456789012", found, more.pop("plan", made), left, **more))
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(told)))
    return told


def change(told: dict[str, Any], address: str = A) -> dict[str, Any]:
    (found,) = (c for c in told["changes"] if c["address"] == address)
    return dict(found)


def test_the_schema_is_a_strict_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    told = report(stack(resource(A, size=1)), world())
    for broken in ({**told, "more": 1}, {**told, "result": "fine"}, {k: v for k, v in told.items() if k != "calls"}):
        assert not Draft202012Validator(SCHEMA).is_valid(broken)
    told["changes"][0]["colour"] = "blue"
    assert not Draft202012Validator(SCHEMA).is_valid(told)


def test_nothing_to_do() -> None:
    told = report(stack(resource(A), revision="4f2c"), world(live(A)))
    assert (told["result"], told["changes"], told["revision"]) == ("in-sync", [], "4f2c")
    assert told["summary"]["inSync"] == 1


def test_a_creation() -> None:
    told = report(stack(resource(A, size=1)), world())
    assert told["result"] == "changes"
    assert change(told) == {
        "address": A, "action": "create", "cause": "missing", "reason": "does not exist", "impact": "none",
        "source": {"file": "all.yaml", "line": 1},
        "fields": [{"path": "size", "desired": 1, "live": None, "cause": "missing"}], "calls": ["shop:CreateThing"],
    }  # fmt: skip


def test_an_update_with_its_base() -> None:
    told = report(stack(resource(A, size=7)), world(live(A, size=1)), "drift", bases={A: {"size": 7}})
    assert told["result"] == "drift"
    assert change(told) == {
        "address": A, "action": "update", "cause": "drift", "reason": "changed outside git", "impact": "reboot",
        "source": {"file": "all.yaml", "line": 7},
        "fields": [{"path": "size", "desired": 7, "live": 1, "base": 7, "cause": "drift"}], "calls": ["shop:UpdateThing"],
    }  # fmt: skip


def test_what_is_not_known_yet_is_shown_as_git_has_it() -> None:
    told = report(stack(resource(A, parent="${Thing/b}"), resource(B)), world())
    assert change(told)["fields"][0]["desired"] == "${Thing/b}"


def test_what_git_no_longer_names_has_no_source() -> None:
    told = report(stack(resource(A)), world(live(A), live(B)))
    assert (change(told, B)["action"], change(told, B)["cause"], "source" in change(told, B)) == (
        "delete",
        "orphan",
        False,
    )


@pytest.mark.parametrize(
    ("address", "more", "impact"),
    [
        (A, {"count": 1}, "rolling"),
        (A, {"count": 1, "size": 1}, "reboot"),
        (A, {"environment": {}}, "none"),
        (A, {"colour": "red"}, "replace"),
        ("Store/a", {"colour": "red"}, "data loss"),
    ],
)
def test_the_impact_is_the_worst_of_the_fields(address: str, more: dict[str, Any], impact: str) -> None:
    found = world(live(address, count=9, size=9, environment={"A": "1"}, colour="blue"))
    assert (
        change(report(stack(resource(address, Lifecycle(replacement="allow"), **more)), found), address)["impact"]
        == impact
    )


def test_a_refused_deletion_of_data_tells_what_it_would_have_been() -> None:
    told = report(stack(), world(live(A)))
    assert (told["result"], change(told)["action"], told["summary"]["refused"]) == ("refused", "refused", 1)


def test_what_is_kept_is_told_and_is_in_sync() -> None:
    told = report(stack(resource(A)), world(live(A), live("Store/s")))
    assert told["result"] == "in-sync"
    assert (change(told, "Store/s")["action"], change(told, "Store/s")["calls"]) == ("none", [])


def test_what_cannot_be_read_fails() -> None:
    told = report(stack(resource(A)), world(unknown={"Thing": "AccessDenied: add shop:ListThings"}))
    assert (told["result"], told["summary"]["unknown"], change(told)["cause"]) == ("failed", 1, "unknown")


def test_outputs_are_told_as_far_as_they_exist() -> None:
    outputs = {"at": parse("https://${Thing/a:endpoint}"), "none": parse("${Thing/b}"), "plain": 3, "password": "x"}
    told = report(stack(resource(A), outputs=outputs), world(live(A, endpoint="e.example.com")))
    assert told["outputs"] == {"at": "https://e.example.com", "none": None, "plain": 3, "password": "(sensitive)"}


def test_a_secret_in_an_output_is_not_told() -> None:
    wanted = stack(resource(A), outputs={"dsn": parse("db://u:${Thing/a:secret}@h")})
    told = report(wanted, world(live(A, secret=SecretRef("arn:aws:secretsmanager:x", "1"))))
    assert told["outputs"] == {"dsn": "(sensitive)"}


def test_undeclared_children_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.unit.worlds.Thing.unmanaged", lambda _self, _live: ["rule 22 from anywhere"])
    told = report(stack(resource(A)), world(live(A)))
    assert told["unmanaged"] == [{"parent": A, "what": "rule 22 from anywhere"}]


def test_calls_are_counted_by_operation() -> None:
    told = report(stack(), world(), calls={("shop:ListThings", False): 3, ("shop:CreateThing", True): 2}, seconds=0.456)
    assert told["calls"] == {"read": 3, "write": 2, "byOperation": {"shop:CreateThing": 2, "shop:ListThings": 3}}
    assert told["seconds"] == 0.46


# After something was done.


def applied(left: Plan, *, done: bool = True, found: World | None = None) -> dict[str, Any]:
    wanted = stack(resource(A, size=2))
    before = plan(wanted, world(live(A, size=1)))
    taken = {A: (step(before, A), ("shop:UpdateThing",))} if done else {}
    return report(wanted, found or world(live(A, size=2)), "apply", plan=before, left=left, done=taken)


def after(action: Action, reason: str = "", instead_of: Action | None = None) -> Plan:
    made = plan(stack(resource(A, size=2)), world(live(A, size=1)))
    return replace(made, steps=(replace(made.steps[0], action=action, reason=reason, instead_of=instead_of),))


@pytest.mark.parametrize(
    ("left", "result"),
    [
        (after(Action.NONE), "done"),
        (after(Action.KEEP, instead_of=Action.DELETE), "done"),
        (after(Action.UPDATE), "unsettled"),
        (after(Action.WAIT, "creating"), "unsettled"),
        (after(Action.FAILED, "size does not settle: set 3 times", Action.UPDATE), "unsettled"),
        (after(Action.FAILED, "not ready after 15 minutes: creating", Action.WAIT), "unsettled"),
        (after(Action.FAILED, "AWS reports it as failed"), "unsettled"),
        (after(Action.FAILED, "shop:UpdateThing failed: Denied", Action.UPDATE), "failed"),
        (after(Action.REFUSED, "no", Action.REPLACE), "refused"),
        (after(Action.UNKNOWN, "denied"), "failed"),
    ],
)
def test_the_result_of_applying(left: Plan, result: str) -> None:
    assert applied(left)["result"] == result


def test_what_was_done_is_told_with_its_calls() -> None:
    told = applied(after(Action.NONE))
    assert (change(told)["action"], change(told)["calls"], told["summary"]["update"]) == (
        "update",
        ["shop:UpdateThing"],
        1,
    )


def test_what_failed_is_told_as_failed_and_once() -> None:
    told = applied(after(Action.FAILED, "Denied: db://u:hunter2@h/x", Action.UPDATE))
    assert (change(told)["failed"], change(told)["action"], told["summary"]["failed"]) == (True, "update", 1)
    assert "hunter2" not in change(told)["reason"]


def test_what_is_left_is_told_beside_what_was_done() -> None:
    wanted = stack(resource(A, size=2), resource(B, size=2))
    before = plan(wanted, world(live(A, size=1)))
    left = plan(wanted, world(live(A, size=2), live(B, size=2, state=State.PENDING, reason="creating")))
    told = report(wanted, world(), "apply", plan=before, left=left, done={A: (step(before, A), ())})
    assert [(c["address"], c["action"]) for c in told["changes"]] == [(A, "update"), (B, "wait")]


# Exit codes.


@pytest.mark.parametrize(
    ("result", "code"),
    [("in-sync", 0), ("done", 0), ("failed", 1), ("changes", 2), ("drift", 2), ("refused", 3), ("unsettled", 4)],
)
def test_every_result_has_its_exit_code(result: str, code: int) -> None:
    assert exit_code({"result": result}) == code


def test_every_result_and_every_code_is_known() -> None:
    assert set(EXIT) == set(SCHEMA["properties"]["result"]["enum"])
    assert set(WORST) == set(EXIT.values())
    assert WORST.index(1) < WORST.index(3) < WORST.index(4) < WORST.index(2) < WORST.index(0)


def test_no_secret_gets_into_a_report() -> None:
    environment = {"DB_PASSWORD": "hunter2", "URL": "db://u:hunter2@h", "OPEN": "1"}
    wanted = stack(resource(A, environment=environment), resource(B, environment=environment))
    found = world(
        live(A, environment={**environment, "DB_PASSWORD": "hunter22", "OPEN": "2", "URL": "db://u:hunter2@i"})
    )
    told = report(wanted, found, bases={A: {"environment": {**environment, "DB_PASSWORD": "hunter23"}}})
    assert "hunter2" not in json.dumps(told)
    assert "hunter2" not in render(told)
    assert {f["path"] for f in change(told)["fields"]} == {
        "environment.DB_PASSWORD",
        "environment.OPEN",
        "environment.URL",
    }


# As text.


def everything() -> dict[str, Any]:
    wanted = stack(
        resource(A, size=7, environment={"DB_PASSWORD": "hunter2"}), resource(B, colour="red"), resource("Thing/new", size=1),
        resource("Store/data", colour="red"), resource("Thing/busy"), resource("Thing/same"),
        outputs={"url": "https://example.com", "later": parse("${Thing/new:endpoint}")}, revision="4f2c0a9d1e2f3a4b",
    )  # fmt: skip
    found = world(
        live(A, size=1, environment={"DB_PASSWORD": "x"}), live(B, colour="blue"), live("Store/data", colour="blue"),
        live("Thing/busy", state=State.PENDING, reason="creating"), live("Thing/same"), live("Thing/old"), live("Store/old"),
    )  # fmt: skip
    calls = {("shop:ListThings", False): 4}
    return report(wanted, found, bases={A: {"size": 7, "environment": {"DB_PASSWORD": "y"}}}, calls=calls, seconds=0.84)


def test_a_report_as_text() -> None:
    assert render(everything()) == (ROOT / "tests/golden/report.txt").read_text(encoding="utf-8")


def test_colours_are_the_painters() -> None:
    painted = render(report(stack(resource(A)), world()), lambda text, colour: f"<{colour}>{text}</>")
    assert "<green>  + Thing/a  create</>" in painted


def test_without_fields_only_the_heads_are_told() -> None:
    assert "size:" not in render(everything(), verbose=False)


@pytest.mark.parametrize(
    ("value", "told"), [(None, "(absent)"), ("x", "x"), (1, "1"), ([1, "é"], '[1, "é"]'), ("y" * 101, "y" * 97 + "…")]
)
def test_a_value_fits_on_a_line(value: Any, told: str) -> None:
    assert short(value) == told


@pytest.mark.parametrize("result", ["done", "failed", "unsettled", "refused"])
def test_the_last_line_says_how_it_ended(result: str) -> None:
    told = {**report(stack(resource(A)), world(live(A))), "result": result}
    assert (
        render(told).splitlines()[-1].lower().startswith({"unsettled": "applied, but not settled"}.get(result, result))
    )
