"""Planted secrets appear in nothing that the program writes, whatever it does and whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.emulator import Emulator
from reconciler.emulator.faults import Fault, Faults, How
from tests.security.planted import (
    CANARIES,
    EXTERNAL,
    FIELD,
    GENERATED,
    LINK,
    PLAIN,
    SECRETS,
    TASK,
    Ear,
    Echo,
    Generator,
    listening,
    see,
    write,
)

REPORTING = ("plan", "drift", "status")
FORMS = ("text", "json")


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Ear]:
    found = Ear(Emulator(pace=0), tmp_path, capsys)
    found.aws.layers.append(Generator())
    with listening(found, monkeypatch):
        yield found


@pytest.fixture
def home(tmp_path: Path) -> str:
    return str(write(tmp_path))


def look(ear: Ear, home: str) -> None:
    """Run every command that only looks, in every form, to the terminal and to a file."""
    for verb in REPORTING:
        for form in FORMS:
            ear.run(verb, home, "--format", form)
            ear.run(verb, home, "--format", form, "--output", f"{home}/{verb}.{form}.out")
    for form in ("text", "dot", "mermaid"):
        ear.run("graph", home, "--format", form)
    ear.run("validate", home)


def set_external(ear: Ear) -> None:
    ear.aws.client("secretsmanager").put_secret_value(SecretId="stripe/key", SecretString=EXTERNAL)


def begin(ear: Ear, home: str) -> None:
    """Bring the stack to life: the external value is set between two runs, as it would be."""
    ear.run("apply", home, "--yes", "--target", "Secret/stripe/key")
    set_external(ear)
    assert ear.run("apply", home, "--yes") == 0, ear.heard.getvalue()[-3000:]


def test_the_canaries_are_really_there(ear: Ear, home: str) -> None:
    """What is never planted is never found."""
    begin(ear, home)
    assert see(ear.aws, "db/master") == GENERATED
    assert all(c in see(ear.aws, "db/credentials") for c in (GENERATED, EXTERNAL))
    wires = [str(dict(w.params)) for w in ear.aws.wire]
    assert any(w.operation == "RegisterTaskDefinition" and PLAIN in str(w.params) for w in ear.aws.wire)
    assert {c for c in CANARIES if any(c in told for told in wires)} == set(CANARIES) - {FIELD}


def test_the_ear_hears(ear: Ear, capsys: pytest.CaptureFixture[str]) -> None:
    del capsys
    logging.getLogger("some.library").debug("this is %s", PLAIN)
    assert ear.leaks() == [f"this is {PLAIN}"]


def test_h82_the_whole_life_of_a_stack(ear: Ear, home: str) -> None:
    look(ear, home)
    begin(ear, home)
    look(ear, home)
    assert ear.run("destroy", home, "--yes", "--format", "json") == 0
    assert ear.runs > 20
    assert ear.leaks() == []


def test_h82_drift(ear: Ear, home: str) -> None:
    begin(ear, home)
    ecs = ear.aws.client("ecs")
    (task,) = ecs.list_task_definitions(familyPrefix="app")["taskDefinitionArns"]
    there = ecs.describe_task_definition(taskDefinition=task, include=["TAGS"])
    (container,) = there["taskDefinition"]["containerDefinitions"]
    told = {v["name"]: v["value"] for v in container["environment"]}
    changed = {**told, "STRIPE_API_KEY": FIELD, "DATABASE_URL": f"postgresql://x:{FIELD}@h/x", "NEW_TOKEN": FIELD}
    environment = [{"name": n, "value": v} for n, v in changed.items()]
    ecs.register_task_definition(
        family="app", containerDefinitions=[{**container, "environment": environment}], tags=there["tags"],
        networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
    )  # fmt: skip
    ear.aws.client("secretsmanager").put_secret_value(SecretId="db/master", SecretString=FIELD)
    ear.aws.client("secretsmanager").put_secret_value(SecretId="db/credentials", SecretString=FIELD)
    look(ear, home)
    assert "STRIPE_API_KEY" in ear.heard.getvalue()
    ear.run("apply", home, "--yes", "--format", "json")
    assert ear.leaks() == []


def test_a_change_in_git(ear: Ear, home: str) -> None:
    begin(ear, home)
    write(Path(home), task=TASK.replace(PLAIN, FIELD), secrets=SECRETS.replace("STRIPE:", "STRIPE_KEY:"))
    look(ear, home)
    ear.run("apply", home, "--yes")
    assert ear.leaks() == []


BAD = [
    Fault(How.DENY, match="secretsmanager:GetSecretValue", times=None),
    Fault(How.DENY, match="secretsmanager:*Secret*", times=None),
    Fault(How.DENY, match="ecs:*", times=None),
    Fault(How.ERROR_BEFORE, match="secretsmanager:CreateSecret", times=None),
    Fault(How.DROP_BEFORE, match="rds:CreateDBInstance", times=None),
    Fault(How.CRASH_BEFORE, match="secretsmanager:CreateSecret", skip=1),
    Fault(How.CRASH_AFTER, match="rds:CreateDBInstance"),
    Fault(How.CRASH_BEFORE, match="ecs:RegisterTaskDefinition"),
]


@pytest.mark.parametrize("fault", BAD, ids=lambda f: f"{f.how.value} {f.match}")
def test_h82_failures(ear: Ear, home: str, fault: Fault) -> None:
    ear.run("apply", home, "--yes", "--target", "Secret/stripe/key")
    set_external(ear)
    fault.hits = 0
    Faults(ear.aws).add(fault)
    assert ear.run("apply", home, "--yes") != 0
    assert fault.hits
    for verb in REPORTING:
        ear.run(verb, home)
        ear.run(verb, home, "--format", "json")
    assert ear.leaks() == []


@pytest.mark.parametrize(
    "operation",
    [
        "secretsmanager:CreateSecret",
        "secretsmanager:PutSecretValue",
        "rds:CreateDBInstance",
        "ecs:RegisterTaskDefinition",
    ],
)
def test_h82_a_service_that_repeats_the_request(ear: Ear, home: str, operation: str) -> None:
    ear.run("apply", home, "--yes", "--target", "Secret/stripe/key")
    set_external(ear)
    ear.aws.layers.append(Echo(operation))
    if operation.endswith("PutSecretValue"):
        begin_and_change(ear, home)
    assert ear.run("apply", home, "--yes") != 0
    assert "Invalid request" in ear.heard.getvalue()
    ear.run("apply", home, "--yes", "--format", "json", "--output", f"{home}/apply.out")
    assert ear.leaks() == []


def begin_and_change(ear: Ear, home: str) -> None:
    """Make everything, then have git want another composed value."""
    assert ear.run("apply", home, "--yes") == 0
    write(Path(home), secrets=SECRETS.replace("STRIPE:", "STRIPE_KEY:"))


MISTAKES = {
    "a value in clear": SECRETS.replace("value: external", f"value: {FIELD}"),
    "a value in a list": SECRETS.replace("value: external", f"value: [{FIELD}]"),
    "a misspelt source": SECRETS.replace("value: external", f"value: {{jsn: {{KEY: {FIELD}}}}}"),
    "generate is a text": SECRETS.replace("generate: {length: 20}", f"generate: {FIELD}"),
    "a nested value": SECRETS.replace("STRIPE: ${Secret/stripe/key:value}", f"STRIPE: {{a: {FIELD}}}"),
    "a master password in clear": SECRETS.replace("masterUserPassword: ${Secret/db/master:value}", f"masterUserPassword: {FIELD}"),
    "a master password in a map": SECRETS.replace("masterUserPassword: ${Secret/db/master:value}", f"masterUserPassword: {{is: {FIELD}}}"),
    "a master password from a variable": SECRETS.replace("${Secret/db/master:value}\n", "${dbPassword}\n"),
    "half a reference": SECRETS.replace("postgresql://app:${Secret/db/master:value}@", f"postgresql://app:{FIELD}@${{Secret/db/master"),
    "an unknown reference": SECRETS.replace("postgresql://app:${Secret/db/master:value}@", f"postgresql://app:{FIELD}@${{Secret/nothing:value}}"),
    "an unknown variable": SECRETS.replace("postgresql://app:${Secret/db/master:value}@", f"postgresql://app:{FIELD}@${{nothing}}"),
    "broken YAML": SECRETS.replace("value: external", f'value: "{FIELD}'),
    "a broken map": SECRETS.replace("value: external", f"value: {{{FIELD}: ]"),
    "two values": SECRETS.replace("spec: {value: external}", f"spec: {{value: external, value: {FIELD}}}"),
    "an anchor": SECRETS.replace("value: external", f"value: &x {FIELD}"),
    "pairs for an environment": TASK.replace("environment:\n", f"environment: [{{name: API_KEY, value: {FIELD}}}]\n      e:\n"),
    "lines for an environment": TASK.replace("      environment:\n", f"      environment: [API_KEY={FIELD}]\n      e:\n"),
    "a map for a variable": TASK.replace(f"STRIPE_API_KEY: {PLAIN}", f"STRIPE_API_KEY: {{x: {FIELD}}}"),
    "a list for an address": TASK.replace("postgresql://app:", f"[postgresql://app:{FIELD}@h/x] #"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_yaml(ear: Ear, home: str, mistake: str) -> None:
    told = MISTAKES[mistake]
    assert told not in (SECRETS, TASK)
    write(Path(home), **{"secrets" if "kind: Secret" in told else "task": told})
    assert ear.run("validate", home) == 1
    assert ear.run("plan", home, "--format", "json") == 1
    assert ear.run("apply", home, "--yes") == 1
    assert ear.leaks() == []


@pytest.mark.parametrize(
    "extra",
    [
        "variables: {dbPassword: [%s]}",
        "patches: [{target: {kind: DBInstance, name: data}, patch: {spec: {masterUserPassword: %s}}}]",
    ],
)
def test_mistakes_in_a_stack(ear: Ear, home: str, extra: str) -> None:
    stack = f"apiVersion: reconciler/v1\nkind: Stack\nmetadata: {{name: planted}}\nspec:\n  region: us-east-1\n  {extra % FIELD}\n"
    write(Path(home), stack=stack)
    assert ear.run("validate", home) == 1
    assert ear.leaks() == []


def test_what_needs_no_stack_says_nothing_either(ear: Ear, home: str) -> None:
    for words in (
        ("schema", "Secret"),
        ("explain", "Secret.value"),
        ("schema",),
        ("--help",),
        ("plan", f"{home}/nothing-{0}"),
        ("validate", "--nothing"),
    ):
        ear.run(*words)
    assert LINK not in ear.heard.getvalue()
    assert ear.leaks() == []
