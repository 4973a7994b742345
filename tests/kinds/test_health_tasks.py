"""What status says of tasks that cannot start: their secrets, the role that reads these, their images, their ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.emulator.faults import Fault, Faults, How
from tests.engine.small import Docs, but, served
from tests.kinds.looks import applied, status
from tests.support import ACCOUNT, REGION, Lab, document

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
TASK, SECRET = "TaskDefinition/web", "${Secret/shop/db:arn}"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop:7"
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []})


def allowed(resource: str = SECRET, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": resource, **more}
    return {"read": {"Version": "2012-10-17", "Statement": [statement]}}


def task(
    reference: str = f"{SECRET}:URL::",
    image: str = "nginx:1",
    value: Any = None,
    policies: Mapping[str, Any] | None = None,
) -> Docs:
    """A task definition with one secret, and the role that is to read it."""
    container = {"name": "web", "image": image, "secrets": {"DATABASE_URL": reference}}
    size = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "executionRoleArn": "${Role/execution}"}
    role = {"assumeRolePolicyDocument": TRUST, "policies": allowed() if policies is None else policies}
    return [
        document("TaskDefinition", "web", {**size, "containerDefinitions": [container]}),
        document("Secret", "shop/db", {"value": value or {"json": {"URL": "postgresql://db"}}}),
        document("Role", "execution", role),
        document("Repository", "shop", {"imageTagMutability": "IMMUTABLE"}),
    ]


def test_a_task_that_can_start_is_well_and_no_value_is_read(lab: Lab) -> None:
    stack = applied(lab, task())
    lab.aws.forget_wire()
    told = status(lab, stack)
    assert (told.wrong(), told.code) == ([], 0)
    assert not {w.operation for w in lab.aws.wire} & {"GetSecretValue", "BatchGetSecretValue"}
    assert not [w.operation for w in lab.aws.wire if w.writes]


def test_a_secret_that_nobody_has_set_says_how(lab: Lab) -> None:
    stack = applied(lab, task(SECRET, value="external"))
    told = status(lab, stack)
    way = "aws secretsmanager put-secret-value --secret-id shop/db"
    assert told.line(TASK).startswith("✗ web's DATABASE_URL is of shop/db, which waits for somebody to set it: " + way)
    assert way in told.line("Secret/shop/db")
    assert told.code == 2
    lab.client("secretsmanager").put_secret_value(SecretId="shop/db", SecretString="x")
    assert status(lab, stack).code == 0


def test_a_secret_that_is_gone_is_named(lab: Lab) -> None:
    secrets = lab.client("secretsmanager")
    arn = secrets.create_secret(Name="theirs", SecretString="x")["ARN"]
    stack = applied(lab, task(arn, policies=allowed("*")))
    assert status(lab, stack).line(TASK) == "✓"
    secrets.delete_secret(SecretId="theirs")
    assert "aws secretsmanager restore-secret --secret-id theirs" in status(lab, stack).line(TASK)
    secrets.restore_secret(SecretId="theirs")
    secrets.delete_secret(SecretId="theirs", ForceDeleteWithoutRecovery=True)
    lab.clock.sleep(600)
    told = status(lab, stack)
    assert told.line(TASK).startswith("✗ web's DATABASE_URL is of a secret that does not exist")
    assert told.code == 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"json": {"HOST": "db"}}, 'asks for "URL" of shop/db: its members are HOST'),
        ({"generate": {"length": 20}}, 'asks for "URL" of shop/db: its value is a plain text'),
        ("external", ""),
    ],
)
def test_a_member_that_is_not_in_the_json_is_found_where_git_tells(lab: Lab, value: Any, said: str) -> None:
    stack = applied(lab, task(value=value))
    if value == "external":
        lab.client("secretsmanager").put_secret_value(SecretId="shop/db", SecretString="{}")
    line = status(lab, stack).line(TASK)
    assert line.startswith("✗" if said else "✓")
    assert said in line


def test_a_role_that_may_not_read_the_secret_is_told_what_it_lacks(lab: Lab) -> None:
    stack = applied(lab, task())
    lab.client("iam").delete_role_policy(RoleName="execution", PolicyName="read")
    lab.clock.sleep(600)
    told = status(lab, stack)
    assert "✗ execution may not read shop/db-" in told.line(TASK)
    assert "allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:" in told.line(TASK)
    assert told.code == 2


def test_a_deny_is_told_apart_from_a_missing_allow(lab: Lab) -> None:
    stack = applied(lab, task(policies={**allowed(), "no": allowed("*", Effect="Deny")["read"]}))
    assert "✗ execution is denied secretsmanager:GetSecretValue on shop/db-" in status(lab, stack).line(TASK)


def test_what_depends_on_a_condition_or_on_the_secrets_own_policy_is_unknown(lab: Lab) -> None:
    stack = applied(lab, task(policies=allowed(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})))
    told = status(lab, stack)
    assert told.line(TASK).startswith("? unknown: whether execution may read shop/db-")
    assert told.line(TASK).endswith("that depends on aws:SourceVpce")
    own = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/execution"},
        "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    }]}  # fmt: skip
    lab.client("secretsmanager").put_resource_policy(SecretId="shop/db", ResourcePolicy=json.dumps(own))
    assert status(lab, applied(lab, task(policies={}))).line(TASK).startswith("? unknown")


def test_who_may_not_simulate_does_not_know_and_learns_the_rest(lab: Lab) -> None:
    stack = applied(lab, task(image=IMAGE))
    Faults(lab.aws).add(Fault(How.DENY, match="iam:SimulatePrincipalPolicy", times=99))
    told = status(lab, stack)
    assert told.line(TASK).startswith(f"✗ image {IMAGE} is not in the registry")
    assert "unknown: iam:SimulatePrincipalPolicy failed" in told.line(TASK)
    lab.client("ecr").put_image(repositoryName="shop", imageManifest=MANIFEST, imageTag="7")
    told = status(lab, stack)
    assert told.line(TASK).startswith("? unknown: iam:SimulatePrincipalPolicy failed: AccessDenied")
    assert told.code == 2


def test_an_image_that_nobody_pushed_says_how_to_push_it(lab: Lab) -> None:
    stack = applied(lab, task(image=IMAGE))
    told = status(lab, stack)
    assert told.line(TASK) == f"✗ image {IMAGE} is not in the registry. Push it: docker push {IMAGE}"
    assert told.line("Repository/shop") == "✓ it has no image yet"
    assert told.code == 2
    lab.client("ecr").put_image(repositoryName="shop", imageManifest=MANIFEST, imageTag="7")
    told = status(lab, stack)
    assert told.line(TASK) == "✓"
    assert told.line("Repository/shop") == "✓ its newest image is of today"
    assert told.code == 0
    lab.client("ecr").batch_delete_image(repositoryName="shop", imageIds=[{"imageTag": "7"}])
    assert status(lab, stack).line(TASK).startswith("✗")


def test_a_digest_cannot_be_pushed_and_other_registries_are_not_asked(lab: Lab) -> None:
    digest = f"{IMAGE.removesuffix(':7')}@sha256:{'a' * 64}"
    assert "name one that is there" in status(lab, applied(lab, task(image=digest))).line(TASK)
    other = IMAGE.replace(ACCOUNT, "999999999999")
    lab.aws.forget_wire()
    assert status(lab, applied(lab, task(image=other))).line(TASK) == "✓"


def test_a_service_says_why_its_tasks_stop_and_what_to_look_at(lab: Lab) -> None:
    logging = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-region": REGION,
                                                   "awslogs-stream-prefix": "ecs"}}  # fmt: skip
    container = {
        "name": "web",
        "image": "nginx:1",
        "portMappings": [{"containerPort": 80}],
        "logConfiguration": logging,
    }
    group = document("LogGroup", "/ecs/web", {"retentionInDays": 7})
    told = {"containerDefinitions": [container], "executionRoleArn": "${Role/execution}"}
    role = document("Role", "execution", {"assumeRolePolicyDocument": TRUST})
    stack = applied(lab, [*but(served(), "TaskDefinition", told), role, group])
    assert status(lab, stack).code == 0
    ecs = lab.client("ecs")
    worse = ecs.register_task_definition(
        family="web", cpu="256", memory="512", networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "web", "image": "broken:1", "portMappings": [{"containerPort": 80}]}],
    )["taskDefinition"]["taskDefinitionArn"]  # fmt: skip
    ecs.update_service(cluster="main", service="web", taskDefinition=worse)
    lab.clock.sleep(3)
    now = status(lab, stack)
    line = now.line("ECSService/web")
    assert line.startswith("✗")
    assert "Essential container in task exited; web exited with 1" in line
    assert "is unable to consistently start tasks successfully" in line
    assert "aws logs tail /ecs/web --since 30m" in line
    assert now.code == 2
    lab.clock.sleep(600)
    assert status(lab, stack).line("ECSService/web").startswith("✓ 3 tasks failed lately; Essential container")


def test_a_service_whose_secret_has_no_value_points_to_the_task_definition(lab: Lab) -> None:
    container = {"name": "web", "image": "nginx:1", "portMappings": [{"containerPort": 80}]}
    theirs = lab.client("secretsmanager").create_secret(Name="theirs")["ARN"]
    role = document("Role", "execution", {"assumeRolePolicyDocument": TRUST, "policies": allowed("*")})
    told = {"containerDefinitions": [{**container, "secrets": {"X": theirs}}], "executionRoleArn": "${Role/execution}"}
    stack = lab.stack([*but(served(), "TaskDefinition", told), role])
    lab.apply(stack)
    line = status(lab, stack).line("ECSService/web")
    assert "ResourceInitializationError" in line
    assert "See the TaskDefinition's line: a secret" in line
