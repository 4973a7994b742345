"""Who moved: inside a repository the last applied commit tells git's changes from those of AWS."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler import files
from reconciler.desired import Stack, load_stack
from tests.stacks.drift import DESIRED, reported
from tests.support import Lab, open_steps

LOGS = "LogGroup//ecs/b2bcredit-app"
RELEASE = ("TaskDefinition/b2bcredit-task", "ECSService/b2bcredit-service")
EXIT = {
    "NatGateway/b2bcredit-nat": "missing",
    "RouteTable/b2bcredit-private-1": "drift",
    "RouteTable/b2bcredit-private-2": "drift",
}


class Repository:
    """A copy of the desired state under git, and the account that it was applied to."""

    def __init__(self, lab: Lab, top: Path) -> None:
        self.lab, self.top = lab, top
        shutil.copytree(DESIRED, top / "desired")
        self.git("init", "--quiet")
        self.commit()
        self.first = self.stack().revision
        assert open_steps(lab.apply(self.stack())[1]) == []

    def git(self, *words: str) -> str:
        return files.git(str(self.top), "-c", "user.name=t", "-c", "user.email=t@t.example", *words)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")

    def stack(self) -> Stack:
        folder = str(self.top / "desired" / "b2bcredit" / "dev")
        return load_stack(files.Folder(), folder, files.revision(folder))

    def edit(self, file: str, old: str, new: str) -> None:
        """Change one place of the base, and commit it."""
        path = self.top / "desired" / "b2bcredit" / "base" / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))
        self.commit()

    def change(self, address: str, command: str = "plan") -> dict[str, Any]:
        """The one thing that a report says."""
        report = reported(self.stack(), self.lab.plan(self.stack()), command)
        (found,) = report["changes"]
        assert found["address"] == address
        return dict(found)

    def heal(self) -> None:
        assert open_steps(self.lab.apply(self.stack())[1]) == []
        self.lab.aws.forget_wire()
        assert open_steps(self.lab.apply(self.stack())[1]) == []
        assert self.lab.boto_writes() == []


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """Dev, applied from its first commit; every test leaves the account as the newest one says."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("lab"), patch)
        yield Repository(lab, tmp_path_factory.mktemp("repository"))


def field(change: dict[str, Any]) -> tuple[Any, ...]:
    (only,) = change["fields"]
    return tuple(only.get(name) for name in ("path", "base", "desired", "live", "cause"))


def commit_of_logs(repository: Repository) -> str:
    logs = repository.lab.client("logs")
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/ecs/b2bcredit-app-dev")["logGroups"]
    return str(logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]["reconciler:commit"])


def test_what_only_aws_moved_is_drift(repository: Repository) -> None:
    scan = {"repositoryName": "b2bcredit-app-dev", "imageScanningConfiguration": {"scanOnPush": False}}
    repository.lab.client("ecr").put_image_scanning_configuration(**scan)
    for command in ("plan", "drift"):
        change = repository.change("Repository/b2bcredit-app", command)
        assert change["cause"] == "drift"
        assert field(change) == ("imageScanningConfiguration.scanOnPush", True, True, False, "drift")
    repository.heal()


def test_what_only_git_moved_is_pending_and_no_drift(repository: Repository) -> None:
    repository.edit("application.yaml", "healthCheckPath: /api/health", "healthCheckPath: /api/ready")
    change = repository.change("TargetGroup/b2bcredit-tg")
    assert change["cause"] == "pending"
    assert field(change) == ("healthCheckPath", "/api/health", "/api/ready", "/api/health", "pending")
    stack = repository.stack()
    report = reported(stack, repository.lab.plan(stack), "drift")
    assert (report["changes"], report["result"]) == ([], "in-sync")
    assert report["summary"]["inSync"] == len(stack.resources)
    repository.heal()


def test_what_both_moved_is_a_conflict_that_git_wins(repository: Repository) -> None:
    repository.edit(
        "application.yaml", "logGroup: /ecs/b2bcredit-app", "logGroup: /ecs/b2bcredit-app\n  logRetention: 14"
    )
    repository.lab.client("logs").put_retention_policy(logGroupName="/ecs/b2bcredit-app-dev", retentionInDays=7)
    for command in ("plan", "drift"):
        change = repository.change(LOGS, command)
        assert change["cause"] == "conflict"
        assert field(change) == ("retentionInDays", 30, 14, 7, "conflict")
    assert commit_of_logs(repository) == repository.first
    repository.heal()
    assert commit_of_logs(repository) == repository.stack().revision != repository.first


def test_drift_beside_a_pending_change_is_told_apart(repository: Repository) -> None:
    repository.edit("application.yaml", "alarms: b2bcredit-alarms}", "alarms: b2bcredit-alarms, errorsAlarm: 20}")
    cloudwatch = repository.lab.client("cloudwatch")
    (now,) = cloudwatch.describe_alarms(AlarmNames=["b2bcredit-5xx-dev"])["MetricAlarms"]
    names = ("AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period", "Dimensions",
             "ComparisonOperator", "Threshold", "TreatMissingData", "AlarmActions")  # fmt: skip
    cloudwatch.put_metric_alarm(**{name: now[name] for name in names}, EvaluationPeriods=3)
    planned = repository.change("Alarm/b2bcredit-5xx")
    assert {f["path"]: f["cause"] for f in planned["fields"]} == {"threshold": "pending", "evaluationPeriods": "drift"}
    assert planned["cause"] == "drift"
    drifted = repository.change("Alarm/b2bcredit-5xx", "drift")
    assert field(drifted) == ("evaluationPeriods", 1, 1, 3, "drift")
    repository.heal()


def test_what_follows_from_a_pending_change_is_pending(repository: Repository) -> None:
    repository.edit("application.yaml", "NODE_ENV: production", "NODE_ENV: production\n    RELEASE: two")
    stack = repository.stack()
    found = reported(stack, repository.lab.plan(stack))["changes"]
    assert {c["address"]: c["cause"] for c in found} == dict.fromkeys(RELEASE, "pending")
    assert reported(stack, repository.lab.plan(stack), "drift")["result"] == "in-sync"
    repository.lab.apply(stack, targets=RELEASE[:1])
    assert repository.change(RELEASE[1])["cause"] == "pending"
    repository.heal()


def test_what_follows_from_drift_is_drift(repository: Repository) -> None:
    ec2 = repository.lab.client("ec2")
    filters = [{"Name": "tag:Name", "Values": ["b2bcredit-nat-dev"]}, {"Name": "state", "Values": ["available"]}]
    (gateway,) = ec2.describe_nat_gateways(Filters=filters)["NatGateways"]
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    repository.lab.clock.sleep(600)
    stack = repository.stack()
    found = reported(stack, repository.lab.plan(stack), "drift")["changes"]
    assert {c["address"]: c["cause"] for c in found} == EXIT
    repository.heal()
