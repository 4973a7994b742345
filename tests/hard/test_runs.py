"""A whole run: what it ends with, what interrupts it, what it says, and what may have changed since somebody agreed."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import main
from reconciler.desired import Stack, load_stack
from reconciler.emulator.faults import Fault, Faults, How
from reconciler.files import Folder
from reconciler.report import exit_code, text
from tests.engine.small import (
    POLICY,
    actions,
    balanced,
    but,
    certificate,
    change,
    group,
    killed,
    network,
    run,
    served,
    topic,
    zone,
)
from tests.support import Lab, only, open_steps

DESIRED = Path(__file__).parents[2] / "desired"
STACKS = sorted(str(f.parent.relative_to(DESIRED)) for f in DESIRED.glob("*/*/stack.yaml"))
SMALLEST = "whatsapp-saas/production"
LINKED = "Unable to assume the service linked role. Please verify that the ECS service linked role exists."


def test_h70_the_first_service_of_an_account_waits_for_ecs_s_own_role(lab: Lab) -> None:
    """AWS makes that role by itself, moments before it needs it; no role of ours has anything to do with it."""
    fault = Fault(
        How.ERROR_BEFORE, "ecs:CreateService", times=4, code="InvalidParameterException", status=400, message=LINKED
    )
    Faults(lab.aws).add(fault)
    assert run(lab, lab.stack(served(), policy=POLICY))["result"] == "done"
    assert fault.hits == 4


def test_h79_a_listener_waits_for_a_certificate_that_nobody_has_proven(lab: Lab) -> None:
    """AWS refuses one that is pending: it is not even tried, and the record to write is told."""
    https = {"protocol": "HTTPS", "port": 443, "certificates": [{"certificateArn": "${Certificate/api}"}]}
    documents = [*but(balanced(), "Listener", https), zone(), certificate(zoned=False)]
    report = run(lab, lab.stack(documents, policy=POLICY), timeout=600.0)
    assert (report["result"], exit_code(report)) == ("unsettled", 4)
    assert " CNAME " in change(report, "Certificate/api")["reason"]
    assert "elbv2:CreateListener" not in lab.boto_writes()
    assert lab.client("elbv2").describe_load_balancers()["LoadBalancers"] != []


def brought(lab: Lab, stack: Stack) -> None:
    """Make the secrets whose values people bring, and bring them."""
    theirs = [a for a, r in stack.resources.items() if r.kind.name == "Secret" and r.spec.get("value") == "external"]
    if theirs:
        world, _ = lab.apply(stack, targets=tuple(theirs))
        for address in theirs:
            lab.client("secretsmanager").put_secret_value(SecretId=only(world, address).id, SecretString='{"KEY": "x"}')


@pytest.mark.parametrize("name", [n if n == SMALLEST else pytest.param(n, marks=pytest.mark.slow) for n in STACKS])
def test_h80_what_was_just_applied_has_no_findings(lab: Lab, name: str) -> None:
    stack = load_stack(Folder(), str(DESIRED / name))
    brought(lab, stack)
    report = run(lab, stack)
    assert report["result"] == "done", [c for c in report["changes"] if c.get("failed")]
    lab.clock.sleep(600)
    lab.aws.forget_wire()
    for verb, result in (("plan", "in-sync"), ("drift", "in-sync"), ("apply", "done")):
        report = run(lab, stack, verb)
        assert (report["result"], report["changes"], exit_code(report)) == (result, [], 0)
    assert lab.boto_writes() == []


def test_h80_each_end_has_a_number_of_its_own(lab: Lab) -> None:
    stack = lab.stack([group("app"), topic("news")], policy=POLICY)
    assert exit_code(run(lab, stack, "drift")) == 2
    run(lab, stack)
    assert exit_code(run(lab, stack, "drift")) == 0
    lab.client("logs").put_retention_policy(logGroupName="app", retentionInDays=30)
    report = run(lab, stack, "drift")
    assert (report["result"], exit_code(report)) == ("drift", 2)
    reason = [{"field": "retentionInDays", "reason": "the auditors are here"}]
    assert exit_code(run(lab, lab.stack([group("app", ignore=reason), topic("news")], policy=POLICY), "drift")) == 0
    lab.client("logs").create_log_group(logGroupName="theirs")
    assert exit_code(run(lab, lab.stack([group("theirs"), topic("news")], policy=POLICY), "plan")) == 3
    Faults(lab.aws).deny("logs:DescribeLogGroups")
    assert exit_code(run(lab, stack, "drift")) == 1


@pytest.mark.parametrize("after", [0, 1, 3, 5, 8])
def test_h83_a_run_that_was_killed_is_finished_by_the_next(lab: Lab, after: int) -> None:
    """Nothing but AWS remembers what it did."""
    stack = lab.stack([*network(), group("app"), topic("news")], policy=POLICY)
    assert killed(lab, stack, after)
    assert run(lab, stack)["result"] == "done"
    assert open_steps(lab.plan(stack)[1]) == []
    made = [w.operation for w in lab.aws.wire if w.operation.startswith("Create") and w.status == 200]
    assert sorted(made) == sorted([
        "CreateVpc", "CreateSubnet", "CreateSubnet", "CreateInternetGateway", "CreateRouteTable", "CreateRoute",
        "CreateTopic", "CreateLogGroup",
    ])  # fmt: skip


def test_h83_the_end_says_what_was_done_what_failed_and_what_was_left_because_of_it(lab: Lab) -> None:
    Faults(lab.aws).deny("ec2:CreateInternetGateway")
    report = run(lab, lab.stack([*network(), topic("news")], policy=POLICY))
    assert exit_code(report) == 1
    failed = [c["address"] for c in report["changes"] if c.get("failed")]
    done = {c["address"] for c in report["changes"] if c["calls"]} - set(failed)
    assert failed == ["InternetGateway/door"]
    assert {"VPC/net", "Subnet/a", "Subnet/b", "Topic/news"} <= done
    assert actions(report)["RouteTable/public"] == "create"
    told = text.render(report)
    assert "Grant ec2:CreateInternetGateway" in told
    assert "RouteTable/public" in told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def asked(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Somebody at a terminal: what they do before they answer yes, each time that they are asked."""
    deeds: list[Any] = []

    def confirm(*_words: Any, **_more: Any) -> bool:
        deeds.pop(0)()
        return True

    def engine(stack: Any, emit: Any, _stop: Any, **more: Any) -> Any:
        return lab.engine(stack, emit, **more)

    monkeypatch.setattr("click.confirm", confirm)
    monkeypatch.setattr("reconciler.cli.common.engine", engine)
    return deeds


def applied(lab: Lab, patch: pytest.MonkeyPatch) -> str:
    """Apply as somebody at a terminal would, to the end; return what they were told."""
    told = Terminal()
    patch.setattr(sys, "stdin", Terminal())
    patch.setattr(sys, "stderr", told)
    try:
        main(["apply", str(lab.folder / "lab")])
    except SystemExit as end:
        assert end.code in (0, None), told.getvalue()  # noqa: PT017 - the end of the program is what it says
    return told.getvalue()


def test_h84_what_changed_while_somebody_thought_is_shown_again(
    lab: Lab, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agreed was the creation of a topic; meanwhile, somebody changed a group."""
    run(lab, lab.stack([group("app")], policy=POLICY))
    lab.stack([group("app"), topic("news")], policy=POLICY)
    logs = lab.client("logs")
    lab.aws.forget_wire()

    def drift() -> None:
        logs.put_retention_policy(logGroupName="app", retentionInDays=30)

    def nothing() -> None:
        assert [w for w in lab.boto_writes() if w != "logs:PutRetentionPolicy"] == []

    asked += [drift, nothing]
    assert "Something has changed since you were asked" in applied(lab, monkeypatch)
    assert asked == []
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 7


def test_h84_the_same_plan_is_asked_about_once(lab: Lab, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    lab.stack([topic("news")], policy=POLICY)
    asked += [lambda: None]
    assert "Something has changed" not in applied(lab, monkeypatch)
    assert lab.boto_writes() == ["sns:CreateTopic"]


def test_h84_what_is_done_already_is_not_done_again(
    lab: Lab, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = lab.stack([topic("news")], policy=POLICY)
    asked += [lambda: run(lab, stack)]
    assert "Something has changed" not in applied(lab, monkeypatch)
    assert lab.boto_writes() == ["sns:CreateTopic"]
