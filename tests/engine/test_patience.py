"""How long a step that fails is tried again, and when it has failed for good."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.naming import named
from reconciler.engine import PROPAGATION
from reconciler.errors import AwsError, Denied, Wait
from reconciler.kind import Call
from reconciler.kinds import KINDS
from reconciler.memory import Memory
from reconciler.steps import Action, Step
from tests.support import Lab, document

CALL = Call("ecs", "CreateService")
STEP = Step("ECSService/web", Action.CREATE, KINDS["ECSService"])
NEW_ROLE = "ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task."
PASS_ROLE = "User: ci is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/x"


@pytest.fixture
def engine(lab: Lab) -> Any:
    return lab.engine(lab.stack([document("LogGroup", "app", {})]))


@pytest.mark.parametrize(("code", "message"), [("ClientException", NEW_ROLE), ("AccessDeniedException", PASS_ROLE)])
def test_h09_a_new_role_is_waited_for_and_an_old_one_is_not(code: str, message: str, engine: Any) -> None:
    error = named(CALL, code, message, "")
    assert isinstance(error, Wait)
    assert engine._patience(STEP, error) == 0
    engine.memory["Role/app"] = Memory(made=1.0)
    assert engine._patience(STEP, error) == PROPAGATION


def test_what_passes_by_itself_has_the_kinds_own_deadline(engine: Any) -> None:
    error = named(Call("ec2", "DeleteVpc"), "DependencyViolation", "has dependencies", "")
    assert engine._patience(STEP, error) == KINDS["ECSService"].deadline


def test_a_plain_denial_is_final_at_once(engine: Any) -> None:
    error = named(CALL, "AccessDeniedException", "not authorized to perform: ecs:CreateService", "")
    assert isinstance(error, Denied)
    memory = Memory()
    engine._failed(STEP, error, memory)
    assert "Grant ecs:CreateService" in memory.error


def test_failing_for_ever_ends(engine: Any) -> None:
    """The step fails in every round; looking in between does not start its patience anew."""
    memory, error = engine.memory.setdefault(STEP.address, Memory()), never()
    for _ in range(10_000):
        if memory.error:
            break
        engine._failed(STEP, error, memory)
        engine.clock.sleep(memory.retry_at - engine.clock.now())
    assert "DependencyViolation" in memory.error
    assert engine.clock.now() - memory.fails_since < 2 * STEP.kind.deadline


def never() -> AwsError:
    return named(Call("ec2", "DeleteVpc"), "DependencyViolation", "has dependencies", "")


def test_h09_after_a_run_that_was_killed_its_roles_are_still_new(lab: Lab) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.amazonaws.com"}}],
    }
    stack = lab.stack([document("Role", "app", {"assumeRolePolicyDocument": trust})])
    lab.apply(stack)
    next_run: Any = lab.engine(stack)
    next_run.plan()
    error = named(CALL, "ClientException", NEW_ROLE, "")
    assert next_run._patience(STEP, error) == PROPAGATION
    lab.clock.sleep(360)
    later: Any = lab.engine(stack)
    later.plan()
    assert later._patience(STEP, error) == 0
