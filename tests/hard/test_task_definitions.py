"""Task definitions: AWS completes and reorders what it was given, CI registers revisions of its own, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from tests.engine.small import FREE, POLICY, Docs, but, served
from tests.support import Lab, document, open_steps, told

FULL: dict[str, Any] = {
    "portMappings": [{"containerPort": 80}, {"containerPort": 9090, "name": "metrics"}],
    "environment": {"ZEBRA": "1", "ALPHA": "2", "MIKE": "3", "BRAVO": "4"},
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "${LogGroup/web}", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"},
    },
    "healthCheck": {"command": ["CMD-SHELL", "true"]},
    "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}, {"name": "core", "softLimit": 0, "hardLimit": 0}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def deployed(image: str = "nginx:1", **container: Any) -> Docs:
    """A service whose container says more than its image."""
    documents = served(image=image)
    (definition,) = (d["spec"] for d in documents if d["kind"] == "TaskDefinition")
    definition["containerDefinitions"][0] |= container
    if "logConfiguration" in container or "secrets" in container:
        definition["executionRoleArn"] = "${Role/execution}"
        documents += [
            document("Role", "execution", {"assumeRolePolicyDocument": TRUST}),
            document("LogGroup", "web", {}),
        ]
    return documents


def registered(lab: Lab) -> list[str]:
    """Every ACTIVE revision, oldest first, as `family:revision`."""
    arns = lab.client("ecs").list_task_definitions(familyPrefix="web")["taskDefinitionArns"]
    return [arn.rsplit("/", 1)[-1] for arn in arns]


def running(lab: Lab) -> str:
    (service,) = lab.client("ecs").describe_services(cluster="main", services=["web"])["services"]
    return str(service["taskDefinition"]).rsplit("/", 1)[-1]


def container_of(lab: Lab, revision: str) -> dict[str, Any]:
    found = lab.client("ecs").describe_task_definition(taskDefinition=revision)["taskDefinition"]
    return dict(found["containerDefinitions"][0])


def ci_deploys(lab: Lab, image: str) -> str:
    """What a pipeline does: copy the revision that runs, exchange the image, register, update the service."""
    ecs = lab.client("ecs")
    copied = ecs.describe_task_definition(taskDefinition=running(lab))["taskDefinition"]
    names = ("family", "containerDefinitions", "cpu", "memory", "networkMode", "requiresCompatibilities")
    copied["containerDefinitions"][0]["image"] = image
    made = ecs.register_task_definition(**{name: copied[name] for name in names})["taskDefinition"]
    ecs.update_service(cluster="main", service="web", taskDefinition=made["taskDefinitionArn"])
    lab.clock.sleep(60)
    lab.aws.forget_wire()
    return str(made["taskDefinitionArn"]).rsplit("/", 1)[-1]


@pytest.mark.parametrize("container", [{}, FULL], ids=["bare", "full"])
def test_h01_what_aws_fills_in_registers_no_second_revision(container: dict[str, Any], lab: Lab) -> None:
    stack = lab.stack(deployed(**container), policy=POLICY)
    for _ in range(3):
        assert open_steps(lab.apply(stack)[1]) == []
    shown = container_of(lab, "web:1")
    assert (shown["cpu"], shown["essential"], shown["mountPoints"], shown["volumesFrom"]) == (0, True, [], [])
    assert {"containerPort": 80, "hostPort": 80, "protocol": "tcp"} in shown["portMappings"]
    assert registered(lab) == ["web:1"]
    assert [w.status for w in lab.aws.wire if w.operation == "RegisterTaskDefinition"].count(200) == 1


def test_h16_the_order_of_what_has_none_is_aws_own(lab: Lab) -> None:
    stack = lab.stack(deployed(**FULL), policy=POLICY)
    assert open_steps(lab.apply(stack)[1]) == []
    shown = [pair["name"] for pair in container_of(lab, "web")["environment"]]
    assert shown != list(FULL["environment"])
    assert sorted(shown) == sorted(FULL["environment"])
    turned = {**FULL, **{name: list(reversed(FULL[name])) for name in ("portMappings", "ulimits")}}
    turned["environment"] = dict(reversed(FULL["environment"].items()))
    assert open_steps(lab.plan(lab.stack(deployed(**turned), policy=POLICY))[1]) == []


def test_h16_the_order_of_a_command_counts(lab: Lab) -> None:
    assert open_steps(lab.apply(lab.stack(deployed(command=["node", "a"]), policy=POLICY))[1]) == []
    plan = lab.plan(lab.stack(deployed(command=["a", "node"]), policy=POLICY))[1]
    assert next(told(s).split()[:2] for s in plan.steps if s.changes) == ["update", "TaskDefinition/web"]


def test_h16_a_variable_that_stands_twice_is_refused_offline(lab: Lab) -> None:
    lab.stack(deployed(environment={"MODE": "one"}))
    home = lab.folder / "lab" / "all.yaml"
    home.write_text(home.read_text().replace("MODE: one", "MODE: one\n      MODE: two"))
    with pytest.raises(DesiredError, match="MODE"):
        load(lab)


def load(lab: Lab) -> Any:
    from reconciler.desired import load_stack
    from reconciler.files import Folder

    return load_stack(Folder(), str(lab.folder / "lab"))


def test_h03_another_deployment_is_judged_by_its_content(lab: Lab) -> None:
    """Somebody registers the same content once more and runs it: nothing has changed."""
    stack = lab.stack(deployed(), policy=POLICY)
    lab.apply(stack)
    assert ci_deploys(lab, "nginx:1") == "web:2"
    assert open_steps(lab.apply(stack)[1]) == []
    assert lab.boto_writes() == []
    assert running(lab) == "web:2"


def test_h03_a_deployment_that_git_does_not_know_is_taken_back_to_the_revision_there_is(lab: Lab) -> None:
    stack = lab.stack(deployed(), policy=POLICY)
    lab.apply(stack)
    ci_deploys(lab, "nginx:2")
    assert open_steps(lab.apply(stack)[1]) == []
    assert lab.boto_writes() == ["ecs:UpdateService"]
    assert running(lab) == "web:1"


EXTERNAL: dict[str, Any] = {
    "ignore": [{"field": "containerDefinitions[web].image", "reason": "the pipeline deploys it"}]
}


def test_h03_an_image_that_a_pipeline_owns_stays_and_the_rest_is_ours(lab: Lab) -> None:
    documents = but(deployed(), "TaskDefinition", **EXTERNAL)
    lab.apply(lab.stack(documents, policy=POLICY))
    ci_deploys(lab, "nginx:2")
    assert open_steps(lab.apply(lab.stack(documents, policy=POLICY))[1]) == []
    assert lab.boto_writes() == []
    changed = but(deployed(environment={"MODE": "new"}), "TaskDefinition", **EXTERNAL)
    assert open_steps(lab.apply(lab.stack(changed, policy=POLICY))[1]) == []
    shown = container_of(lab, running(lab))
    assert (shown["image"], shown["environment"]) == ("nginx:2", [{"name": "MODE", "value": "new"}])
    assert len(registered(lab)) == 3


@pytest.mark.parametrize(
    "form",
    ["web", "web:1", "arn:aws:ecs:us-east-1:123456789012:task-definition/web:1"],
    ids=["family", "revision", "arn"],
)
def test_h73_a_task_definition_is_the_same_one_however_it_is_spelled(form: str, lab: Lab) -> None:
    lab.apply(lab.stack(deployed(), policy=POLICY))
    lab.aws.forget_wire()
    stack = lab.stack(but(deployed(), "ECSService", {"taskDefinition": form}), policy=POLICY)
    lab.client("ecs").update_service(cluster="main", service="web", taskDefinition=form)
    lab.clock.sleep(60)
    lab.aws.forget_wire()
    assert open_steps(lab.apply(stack)[1]) == []
    assert lab.boto_writes() == []


def test_h55_old_revisions_stay_until_the_stack_goes(lab: Lab) -> None:
    for image in ("nginx:1", "nginx:2", "nginx:3"):
        assert open_steps(lab.apply(lab.stack(deployed(image), policy=POLICY))[1]) == []
    assert registered(lab) == ["web:1", "web:2", "web:3"]
    assert "ecs:DeregisterTaskDefinition" not in lab.boto_writes()
    lab.aws.forget_wire()
    assert open_steps(lab.destroy(lab.stack(deployed("nginx:3"), policy=POLICY))[1]) == []
    writes = lab.boto_writes()
    assert writes.index("ecs:DeleteService") < writes.index("ecs:DeregisterTaskDefinition")
    assert registered(lab) == []


def test_h41_a_secret_made_anew_makes_a_new_revision(lab: Lab) -> None:
    documents = deployed(secrets={"KEY": "${Secret/app/api:arn}:KEY::"})
    documents.append(document("Secret", "app/api", {"value": {"json": {"KEY": "v"}}}, **FREE))
    stack = lab.stack(documents, policy=POLICY)
    assert open_steps(lab.apply(stack)[1]) == []
    first = container_of(lab, running(lab))["secrets"][0]["valueFrom"]
    assert first.endswith(":KEY::")
    lab.client("secretsmanager").delete_secret(SecretId="app/api", ForceDeleteWithoutRecovery=True)
    lab.clock.sleep(60)
    assert open_steps(lab.apply(stack)[1]) == []
    second = container_of(lab, running(lab))["secrets"][0]["valueFrom"]
    (there,) = lab.client("secretsmanager").list_secrets()["SecretList"]
    assert second == f"{there['ARN']}:KEY::" != first
