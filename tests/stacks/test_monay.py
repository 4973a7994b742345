"""monay: every environment side by side in one account, and the copies of production's backups in another region."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from reconciler.kind import State
from reconciler.resolve import World
from reconciler.steps import Plan
from tests.stacks.life import assert_settled
from tests.stacks.look import Look
from tests.stacks.monay import ALB, API, APPS, cluster, rule, service
from tests.stacks.monay_figures import FIGURES
from tests.support import Lab, document, open_steps

DESIRED = Path(__file__).parents[2] / "desired"
DEV, STAGING, PRODUCTION, COPIES = "dev", "staging", "production", "production-backup"
ENVIRONMENTS = (DEV, STAGING, PRODUCTION)
STACKS = (COPIES, *ENVIRONMENTS)
MORE, MOST_READS = 20, 110
Applied = tuple[Lab, dict[str, tuple[World, Plan]]]


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    """One account with everything of monay."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("monay"), patch)
        yield lab, {name: lab.apply(stack(name)) for name in STACKS}


def stack(name: str, desired: Path = DESIRED) -> Stack:
    return load_stack(Folder(), str(desired / "monay" / name))


def look_at(lab: Lab, environment: str) -> Look:
    suffix, domain = (f"-{environment}", f"{environment}.monay.example")
    if environment == PRODUCTION:
        suffix, domain = "", "monay.example"
    return Look(lab, suffix, domain, f"monay-{environment}-website")


def copied(folder: Path) -> Path:
    """The documents of monay, to change them."""
    for name in ("components", "monay"):
        shutil.copytree(DESIRED / name, folder / name)
    return folder


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))


@pytest.mark.parametrize("name", STACKS)
def test_one_apply_is_enough(name: str, applied: Applied) -> None:
    lab, results = applied
    assert_settled(lab, results[name][1], stack(name))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_figure(environment: str, applied: Applied) -> None:
    look = look_at(applied[0], environment)
    assert {f.what: f.read(look) for f in FIGURES} == {f.what: f.value(environment) for f in FIGURES}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_backend_goes_first(environment: str, applied: Applied) -> None:
    look = look_at(applied[0], environment)
    begun = {app: service(look, app)["createdAt"] for app in APPS}
    assert all(begun[API] < begun[app] for app in APPS if app != API)


def test_copies_lie_in_another_region_under_a_key_of_their_own(applied: Applied) -> None:
    lab, _ = applied
    client = lab.client("backup", "us-west-2")
    vault = client.describe_backup_vault(BackupVaultName="monay-copies")
    assert f"copies: {vault['BackupVaultArn']} " in (DESIRED / "monay" / PRODUCTION / "stack.yaml").read_text()
    key = lab.client("kms", "us-west-2").describe_key(KeyId="alias/monay-copies")["KeyMetadata"]["Arn"]
    assert vault["EncryptionKeyArn"] == key
    assert '"Deny"' in client.get_backup_vault_access_policy(BackupVaultName="monay-copies")["Policy"]


def test_a_release_goes_to_green_and_is_no_drift(applied: Applied, tmp_path: Path) -> None:
    lab, _ = applied
    desired = copied(tmp_path)
    change(desired / "monay" / DEV / "stack.yaml", 'backendTag: "1.0.0"', 'backendTag: "1.0.1"')
    # One minute shows what five show.
    change(desired / "monay" / "base" / "application.yaml", "bakeTimeInMinutes: 5", "bakeTimeInMinutes: 1")
    _, left = lab.apply(stack(DEV, desired))
    assert open_steps(left) == []
    look = look_at(lab, DEV)
    (action,) = rule(look, API)["Actions"]
    shares = {g["TargetGroupArn"]: g["Weight"] for g in action["ForwardConfig"]["TargetGroups"]}
    assert shares[look.target_group(f"{API}-green-tg")["TargetGroupArn"]] == 100
    assert open_steps(lab.plan(stack(DEV, desired))[1]) == []


def test_reads_are_as_many_however_many_rules_alarms_and_records_there_are(applied: Applied, tmp_path: Path) -> None:
    lab, _ = applied
    before = reads(lab, stack(PRODUCTION))
    assert before.total() <= MOST_READS
    desired = copied(tmp_path)
    (desired / "monay" / "base" / "more.yaml").write_text(more())
    grown = stack(PRODUCTION, desired)
    assert open_steps(lab.apply(grown)[1]) == []
    assert len(grown.resources) == len(stack(PRODUCTION).resources) + 3 * MORE
    added = reads(lab, grown) - before
    # Of the tag index, which is one list of everything, 60 more objects may take one more page.
    assert added in (Counter(), Counter({"resourcegroupstaggingapi:GetResources": 1}))
    arn = look_at(lab, PRODUCTION).listener(ALB, 443)["ListenerArn"]
    assert len(lab.client("elbv2").describe_rules(ListenerArn=arn)["Rules"]) == len(APPS) + 1 + MORE


def reads(lab: Lab, wanted: Stack) -> Counter[str]:
    """Which requests a plan of what is settled takes, and how many of each."""
    lab.aws.forget_wire()
    assert open_steps(lab.plan(wanted)[1]) == []
    assert lab.boto_writes() == []
    return Counter(w.key for w in lab.aws.wire)


def more() -> str:
    """Rules, alarms and records beside those of git."""
    made = []
    for n in range(MORE):
        answer = [{"type": "fixed-response", "fixedResponseConfig": {"statusCode": "410", "contentType": "text/plain"}}]
        path = [{"field": "path-pattern", "values": [f"/old/{n}"]}]
        listener = "${Listener/monay-https}"
        watched = {
            "namespace": "monay", "metricName": f"m{n}", "statistic": "Sum", "period": 60, "evaluationPeriods": 1,
            "threshold": 1, "comparisonOperator": "GreaterThanThreshold",
        }  # fmt: skip
        record = {"name": f"more{n}.${{domain}}", "type": "TXT", "ttl": 60, "resourceRecords": [f"n{n}"]}
        rule_ = {"listenerArn": listener, "priority": 100 + n, "conditions": path, "actions": answer}
        made += [
            document("ListenerRule", f"more-{n}", rule_),
            document("Alarm", f"more-{n}", watched),
            document("RecordSet", f"more-{n}", {"hostedZoneId": "${HostedZone/monay}", **record}),
        ]
    return yaml.safe_dump_all(made, sort_keys=False)


@pytest.mark.parametrize("environment", [DEV, STAGING])
def test_an_environment_goes_without_a_trace_and_leaves_production_alone(environment: str, applied: Applied) -> None:
    lab, _ = applied
    world, left = lab.destroy(stack(environment))
    assert open_steps(left) == []
    assert [live for lives in world.lives.values() for live in lives if live.state is not State.DELETED] == []
    look = look_at(lab, PRODUCTION)
    assert [service(look, app)["runningCount"] for app in APPS] == [2] * len(APPS), cluster(look)


def test_production_keeps_its_data_and_the_copies_of_it(applied: Applied) -> None:
    lab, _ = applied
    kept = {}
    for name in (PRODUCTION, COPIES):
        _, left = lab.plan(stack(name), destroying=True)
        kept[name] = {step.kind.name for step in left.steps if step.action in ("keep", "refused")}
    data = {"DBInstance", "ReplicationGroup", "Secret", "Bucket", "HostedZone", "LogGroup", "Repository", "BackupVault"}
    ground = {
        "VPC",
        "Subnet",
        "SecurityGroup",
        "DBSubnetGroup",
        "DBParameterGroup",
        "CacheSubnetGroup",
        "CacheParameterGroup",
    }
    assert kept[PRODUCTION] == {*data, *ground, "Key", "Role", "Topic"}
    assert kept[COPIES] == {"BackupVault", "Key"}
