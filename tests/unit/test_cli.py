from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler import __version__
from reconciler.cli import COMMANDS, main
from reconciler.cli.common import coloured, deliver
from reconciler.kinds import KINDS
from reconciler.schemas import folder
from tests.unit.folders import GROUP, VPC, head, write


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COLUMNS", "200")

    def inner(*words: str) -> Told:
        with pytest.raises(SystemExit) as caught:
            main(list(words))
        told = capsys.readouterr()
        return Told(int(str(caught.value.code)), told.out, told.err)

    return inner


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write(tmp_path, stack=head(), network=VPC, logs=GROUP + "  logGroupName: /vpc/${VPC/main}\n")


# Usage.


def test_help_names_every_command_and_exit_code(run: Any) -> None:
    told = run("--help")
    assert told.code == 0
    assert all(f"  {name} " in told.out for name in COMMANDS)
    assert "0 in sync or done, 1 error, 2 changes or drift found, 3 refused, 4" in told.out
    assert "64" in told.out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(run: Any, command: str) -> None:
    told = run(command, "--help")
    assert (told.code, told.out.split()[:2]) == (0, ["Usage:", "reconciler"])
    assert told.err == ""


def test_help_does_not_import_what_it_does_not_need() -> None:
    told = "import sys; from reconciler.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert {"boto3", "jsonschema", "rich", "yaml", "deepdiff"}.isdisjoint(done.stderr.split())


def test_the_version(run: Any) -> None:
    assert run("--version").out.split()[-1] == __version__


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["aply"], 'There is no command "aply". Did you mean "apply"?'),
        (["xyzzy"], 'There is no command "xyzzy". Commands: validate, plan'),
        (["plan"], "Missing argument"),
        (["plan", "x", "--frobnicate"], "--frobnicate"),
        (["plan", "x", "--format", "xml"], "xml"),
        (["explain", "VPCs"], 'Did you mean "VPC"?'),
        (["explain", "VPC.cidr"], 'VPC has no field cidr. Did you mean "cidrBlock"?'),
        (["explain", "VPC.cidrBlock.x"], "VPC has no field cidrBlock.x"),
        (["schema", "Subnett"], 'Did you mean "Subnet"?'),
    ],
)
def test_wrong_usage_ends_with_64_and_a_hint(run: Any, words: list[str], said: str) -> None:
    told = run(*words)
    assert (told.code, told.out) == (64, "")
    assert said in told.err


@pytest.mark.parametrize("verb", ["apply", "destroy"])
def test_nothing_is_written_without_a_terminal_or_a_yes(run: Any, home: Path, verb: str) -> None:
    told = run(verb, str(home))
    assert told.code == 64
    assert "Add --yes" in told.err


@pytest.mark.parametrize("verb", ["plan", "apply", "drift", "status", "destroy"])
def test_no_stack_is_an_error(run: Any, tmp_path: Path, verb: str) -> None:
    told = run(verb, str(tmp_path))
    assert told.code == 1
    assert "a stack is a folder with a stack.yaml" in told.err


@pytest.mark.parametrize("verb", ["plan", "apply", "drift", "status", "destroy", "graph"])
def test_a_faulty_stack_is_an_error(run: Any, home: Path, verb: str) -> None:
    write(home, network=VPC + "  colour: blue\n")
    told = run(verb, str(home))
    assert (told.code, told.out) == (1, "")
    assert "spec.colour: is not a field here." in told.err
    assert "1 problem. Nothing was read from AWS and nothing was changed." in told.err


# validate.


def test_a_sound_stack_is_valid(run: Any, home: Path) -> None:
    assert run("validate", str(home)) == Told(0, "1 stack checked, no problems.\n", "")


def test_the_present_folder_is_validated(run: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    assert run("validate").code == 0


def test_documents_without_a_stack_are_validated(run: Any, tmp_path: Path) -> None:
    write(tmp_path, n=VPC)
    assert run("validate", str(tmp_path)) == Told(0, "No problems.\n", "")
    write(tmp_path, n=VPC.replace("VPC", "Vpcs"))
    assert run("validate", str(tmp_path / "n.yaml")).code == 1


def test_a_path_that_is_not_there_is_an_error(run: Any, tmp_path: Path) -> None:
    told = run("validate", str(tmp_path / "nowhere"))
    assert told.code == 1
    assert "nowhere  is not there" in told.out


def test_several_stacks_are_validated_at_once_and_each_fault_is_told_once(run: Any, tmp_path: Path) -> None:
    write(
        tmp_path, a__stack=head("resources: [../base]"), b__stack=head("resources: [../base]"), base__n=VPC + "  x: 1\n"
    )
    write(tmp_path, c__stack=head(), c__n=VPC + "  y: 1\n")
    told = run("validate", str(tmp_path))
    assert told.code == 1
    assert told.out.count("spec.x: is not a field") == 1
    assert told.out.count("spec.y: is not a field") == 1
    assert "2 problems." in told.err


# schema, explain, graph.


def test_schemas_are_listed_and_printed(run: Any) -> None:
    assert run("schema").out.split() == [*KINDS, "Stack", "Component", "Report"]
    assert json.loads(run("schema", "VPC").out)["properties"]["kind"] == {"enum": ["VPC"]}
    assert json.loads(run("schema", "Stack").out)["title"] == "Stack"
    assert json.loads(run("schema", "Report").out) == json.loads((folder() / "report.json").read_text(encoding="utf-8"))


def test_kinds_are_explained(run: Any) -> None:
    assert [line.split()[0] for line in run("explain").out.splitlines()] == list(KINDS)
    told = run("explain", "DBInstance").out
    assert "(required) " in told
    assert "It holds data" in told
    assert "${DBInstance/name:attribute}" in told
    assert "endpointAddress" in told


def test_fields_are_explained(run: Any) -> None:
    told = run("explain", "VPC.cidrBlock").out
    assert told.startswith("VPC.cidrBlock: string")
    assert "A change replaces the object" in told
    assert "Default: true" in run("explain", "VPC.enableDnsSupport").out
    assert "made in place" in run("explain", "SecurityGroup.ingress").out
    assert run("explain", "SecurityGroup.ingress.fromPort").out.startswith("SecurityGroup.ingress.fromPort: integer")


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("text", ["LogGroup/app → VPC/main", "VPC/main"]),
        (
            "dot",
            [
                'digraph "test" {',
                "  rankdir=LR;",
                '  "LogGroup/app";',
                '  "VPC/main";',
                '  "LogGroup/app" -> "VPC/main";',
                "}",
            ],
        ),
        ("mermaid", ["graph LR", '  n0["LogGroup<br/>app"]', '  n1["VPC<br/>main"]', "  n0 --> n1"]),
    ],
)
def test_the_graph(run: Any, home: Path, form: str, lines: list[str]) -> None:
    told = run("graph", str(home), "--format", form)
    assert (told.code, told.out.splitlines()) == (0, lines)


# Delivering reports.


def report(result: str) -> dict[str, Any]:
    summary = dict.fromkeys(
        ("create", "update", "replace", "delete", "wait", "refused", "failed", "unknown", "inSync"), 0
    )
    return {
        "stack": "s", "account": "123456789012", "region": "eu-west-1", "revision": "", "result": result, "summary": summary,
        "changes": [], "unmanaged": [], "outputs": {}, "calls": {"read": 0, "write": 0, "byOperation": {}}, "seconds": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("results", "code"),
    [
        (["done", "in-sync"], 0),
        (["in-sync", "drift"], 2),
        (["drift", "unsettled"], 4),
        (["unsettled", "refused", "changes"], 3),
        (["refused", "failed", "unsettled"], 1),
    ],
)
def test_the_exit_code_is_the_worst_of_the_stacks(results: list[str], code: int) -> None:
    assert deliver(([report(r) for r in results], []), "json", None) == code


def test_one_report_is_an_object_and_several_are_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(([report("done")], []), "json", None)
    assert json.loads(capsys.readouterr().out)["result"] == "done"
    deliver(([report("done"), report("drift")], []), "json", None)
    assert [r["result"] for r in json.loads(capsys.readouterr().out)] == ["done", "drift"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.json"
    file.write_text("before")
    seen: list[str] = []
    move = Path.replace

    def replace(self: Path, target: Path) -> Path:
        seen.extend((file.read_text(), json.loads(self.read_text())["result"]))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    deliver(([report("done")], []), "json", str(file))
    assert seen == ["before", "done"]
    assert json.loads(file.read_text())["result"] == "done"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_gets_no_colours(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    deliver(([report("done")], []), "text", str(file))
    assert "\x1b" not in file.read_text()
    assert file.read_text().startswith("s  account 123456789012, eu-west-1\n")


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"TERM": "xterm"}, True)],
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("TERM", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert coloured(Terminal()) is expected
    assert coloured(sys.__stdin__) is False or sys.__stdin__ is None


def test_a_fault_of_our_own_names_its_place_and_no_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> int:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("reconciler.cli.cli.main", broken)
    with pytest.raises(SystemExit) as ended:
        main(["plan", "x"])
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert "internal error: RuntimeError" in told
    assert "test_cli.py" in told
    assert "hunter2" not in told.replace('raise RuntimeError("hunter2")', "")
