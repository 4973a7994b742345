from __future__ import annotations

from pathlib import Path

from reconciler.expressions import Reference, Template
from reconciler.files import stacks
from tests.unit.folders import GROUP, VPC, head, load, problems, spec, write


def test_a_stack_is_its_folder(tmp_path: Path) -> None:
    stack = load(
        write(tmp_path, stack=head("account: '123456789012'"), network=VPC, more__logs=GROUP + "  retentionInDays: 7\n")
    )
    assert (stack.name, stack.region, stack.account, list(stack.resources)) == (
        "test", "eu-west-1", "123456789012", ["LogGroup/app", "VPC/main"],
    )  # fmt: skip


def test_a_folder_with_a_stack_of_its_own_is_left_out(tmp_path: Path) -> None:
    write(
        tmp_path, stack=head(), network=VPC, other__stack=head(name="other"), other__logs=GROUP + "  logGroupName: a\n"
    )
    assert list(load(tmp_path).resources) == ["VPC/main"]
    assert stacks([str(tmp_path / "other")]) == [str(tmp_path / "other")]


def test_stacks_below_a_folder_are_found(tmp_path: Path) -> None:
    write(tmp_path, a__stack=head(), b__c__stack=head(), b__base=VPC)
    assert stacks([str(tmp_path)]) == [str(tmp_path / "a"), str(tmp_path / "b/c")]


def test_hidden_and_other_files_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, stack=head(), network=VPC)
    (tmp_path / ".draft.yaml").write_text("{")
    (tmp_path / "notes.txt").write_text("{")
    (tmp_path / "more.txt").symlink_to("notes.txt")
    assert list(load(tmp_path).resources) == ["VPC/main"]


def test_resources_are_files_and_folders_elsewhere(tmp_path: Path) -> None:
    write(
        tmp_path,
        prod__stack=head("resources: [../base, ../extra/logs.yaml]"),
        base__n=VPC,
        prod__unread="{",
        extra__unread="{",
    )
    write(tmp_path, extra__logs=GROUP + "  logGroupName: a\n")
    assert list(load(tmp_path, "prod").resources) == ["VPC/main", "LogGroup/app"]


def test_a_file_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    write(tmp_path, prod__stack=head("resources: [../base, ../base/n.yaml]"), base__n=VPC)
    assert list(load(tmp_path, "prod").resources) == ["VPC/main"]


def test_variables_are_filled_in_and_keep_their_type(tmp_path: Path) -> None:
    variables = "variables: {days: 14, env: prod, on: true, version: 1.10}\ntags: {env: '${env}', on: '${on}'}"
    body = "  retentionInDays: ${days}\n  logGroupName: /${env}/${days}/${version}\n  tags: {v: '${version}', on: 'x-${on}'}\n"
    stack = load(write(tmp_path, stack=head(variables), logs=GROUP + body))
    assert spec(stack) == {"retentionInDays": 14, "logGroupName": "/prod/14/1.10", "tags": {"v": 1.1, "on": "x-true"}}
    assert str(spec(stack)["tags"]["v"]) == "1.10"
    assert stack.tags == {"env": "prod", "on": "true"}


def test_references_stay(tmp_path: Path) -> None:
    body = "  logGroupName: ${env}/${VPC/main:id}\n"
    stack = load(write(tmp_path, stack=head("variables: {env: prod}"), logs=GROUP + body, network=VPC))
    assert spec(stack)["logGroupName"] == Template(("prod/", Reference("VPC", "main", "id")))


def test_the_stack_itself_is_made_of_variables_too(tmp_path: Path) -> None:
    text = head(
        "variables: {env: prod}\nnameSuffix: -${env}\noutputs: {url: 'https://${env}.example.com'}", name='"b2b-${env}"'
    )
    stack = load(write(tmp_path, stack=text, network=VPC))
    assert (stack.name, stack.suffix, stack.outputs) == ("b2b-prod", "-prod", {"url": "https://prod.example.com"})


def test_a_policy_is_read(tmp_path: Path) -> None:
    stack = load(
        write(tmp_path, stack=head("policy: {prune: true, selfHeal: false, maxDeletes: 3, maxReplaces: 0}"), n=VPC)
    )
    limits = stack.limits
    assert (limits.prune, limits.self_heal, limits.max_deletes, limits.max_replaces) == (True, False, 3, 0)


def test_a_lifecycle_is_read(tmp_path: Path) -> None:
    text = VPC + "lifecycle:\n  deletion: retain\n  adopt: true\n  dependsOn: [LogGroup/app]\n"
    text += "  ignore: [{field: tags.team, reason: theirs, until: 2026-12-01}]\n"
    told = (
        load(write(tmp_path, stack=head(), n=text, logs=GROUP + "  logGroupName: a\n")).resources["VPC/main"].lifecycle
    )
    assert (told.deletion, told.replacement, told.adopt, told.depends_on) == ("retain", None, True, ("LogGroup/app",))
    assert (told.ignore[0].field, told.ignore[0].until) == ("tags.team", "2026-12-01")
    assert [told.ignore[0].covers(p) for p in ("tags.team", "tags.team.x", "tags.teams", "tags")] == [
        True,
        True,
        False,
        False,
    ]


# Patches.


def patched(
    tmp_path: Path, patch: str, body: str = "  logGroupName: a\n  retentionInDays: 7\n  tags: {a: '1', b: '2'}\n"
) -> Path:
    lines = "".join(f"    {line}\n" for line in patch.strip().splitlines())
    told = f"variables: {{days: 30}}\nresources: [../base]\npatches:\n- target: {{kind: LogGroup, name: app}}\n  patch:\n{lines}"
    return write(tmp_path, prod__stack=head(told), base__logs=GROUP + body)


def test_a_patch_adds_changes_and_removes_fields(tmp_path: Path) -> None:
    folder = patched(
        tmp_path, "spec: {retentionInDays: '${days}', logGroupName: null, tags: {a: null, c: x}}".replace("'", '"')
    )
    assert spec(load(folder, "prod")) == {"retentionInDays": 30, "tags": {"b": "2", "c": "x"}}


def test_a_patch_replaces_lists_and_scalars_whole(tmp_path: Path) -> None:
    body = VPC.replace("VPC", "SecurityGroup").replace(
        "  cidrBlock: 10.0.0.0/16\n", "  description: d\n  vpcId: vpc-1\n"
    )
    body += "  ingress:\n  - {ipProtocol: tcp, fromPort: 1, toPort: 1, cidrIp: 10.0.0.0/8}\n"
    patch = "target: {kind: SecurityGroup, name: main}, patch: {spec: {ingress: []}}"
    write(tmp_path, prod__stack=head(f"resources: [../base]\npatches: [{{{patch}}}]"), base__g=body)
    assert spec(load(tmp_path, "prod"), "SecurityGroup/main")["ingress"] == []


def test_a_patch_of_nothing_there_leaves_no_nulls(tmp_path: Path) -> None:
    folder = patched(
        tmp_path, "lifecycle: {deletion: retain, replacement: null}\nspec: {tags: {x: null}}", "  logGroupName: a\n"
    )
    stack = load(folder, "prod")
    assert spec(stack) == {"logGroupName": "a", "tags": {}}
    assert stack.resources["LogGroup/app"].lifecycle.deletion == "retain"


def test_what_a_patch_breaks_is_told_where_the_patch_stands(tmp_path: Path) -> None:
    folder = patched(tmp_path, "spec:\n  retentionInDays: many\n  tags:\n    a: [1]")
    assert [p.partition(":")[0] for p in problems(folder, "prod")] == ["prod/stack.yaml", "prod/stack.yaml"]
    assert problems(folder, "prod")[0].startswith("prod/stack.yaml:12:26  LogGroup/app spec.retentionInDays: ")


def test_what_a_patch_leaves_alone_stays_where_it_was(tmp_path: Path) -> None:
    folder = patched(tmp_path, "spec: {retentionInDays: 30}")
    resource = load(folder, "prod").resources["LogGroup/app"]
    assert Path(resource.place("retentionInDays").file).name == "stack.yaml"
    assert Path(resource.place("logGroupName").file).name == "logs.yaml"


def test_an_undefined_variable_in_a_patch_is_told_once(tmp_path: Path) -> None:
    found = problems(patched(tmp_path, "spec:\n  logGroupName: ${name}"), "prod")
    assert len(found) == 1
    assert "LogGroup/app spec.logGroupName: ${name} is not a variable of the stack." in found[0]
