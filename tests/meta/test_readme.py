from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from reconciler.cli import COMMANDS, USAGE
from reconciler.desired import load_documents, load_stack
from reconciler.docs import EXIT_CODES
from reconciler.files import Folder
from reconciler.report import EXIT

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "desired/*/README.md")
    for path in ROOT.glob(pattern)
    if path.parent.name != "reference"
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?<![\w/.:-])reconciler(?=[ \t]+(\S+))(?: [^`\n#]*)?")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def by_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks in one language, without the indentation of a list that they stand in."""
    return [
        re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)
        for indent, told, body in FENCED.findall(page)
        if told == language
    ]


def commands(page: str) -> list[str]:
    """Every use of the program in a code block or a code span."""
    code = [*blocks(page, "console"), *SPAN.findall(FENCED.sub("", page))]
    lines = [line.removeprefix("$ ") for body in code for line in body.splitlines()]
    return [found[0].strip() for line in lines for found in COMMAND.finditer(line)]


def wrong(command: str) -> list[str]:
    """What a use says that the program does not know: its command, or options of it."""
    _, verb, *words = command.split()
    if verb.startswith("-"):
        return [] if verb in ("--help", "--version", "-h") else [verb]
    if verb not in COMMANDS:
        return [verb]
    told: click.Command = importlib.import_module(f"reconciler.cli.{verb}").command
    known = {name for parameter in told.params for name in parameter.opts} | {"--help", "-h"}
    return [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]


def documents(page: str) -> list[str]:
    """The YAML blocks that hold whole documents."""
    return [body for body in blocks(page, "yaml") if "apiVersion:" in body]


def is_stack(body: str) -> bool:
    found: list[Any] = list(yaml.safe_load_all(body))
    return any(document["kind"] == "Stack" for document in found)


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_pages_name_only_commands_and_options_that_exist(path: Path) -> None:
    uses = commands(path.read_text(encoding="utf-8"))
    assert [(use, found) for use in uses if (found := wrong(use))] == []


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_links_lead_somewhere(path: Path) -> None:
    targets = LINK.findall(path.read_text(encoding="utf-8"))
    assert [t for t in targets if "://" not in t and not (path.parent / t).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_pages_name_only_targets_of_make_that_exist(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    page = path.read_text(encoding="utf-8")
    code = [*blocks(page, "console"), *SPAN.findall(FENCED.sub("", page))]
    named = {
        word
        for body in code
        for line in body.splitlines()
        if (found := re.match(r"(?:\$ )?make((?: [a-z-]+)+)", line))
        for word in found[1].split()
    }
    assert named - known == set()


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_documents_in_pages_are_valid(path: Path, tmp_path: Path) -> None:
    for number, body in enumerate(documents(path.read_text(encoding="utf-8"))):
        if not is_stack(body):
            # A page may show a part of a stack: what it refers to stands elsewhere.
            (tmp_path / f"{number}.yaml").write_text(body + stand_ins(body))
            load_documents(Folder(), str(tmp_path / f"{number}.yaml"))


STAND_INS = {
    "Secret": "spec: {value: external}",
    "Topic": "spec: {}",
    "LogGroup": "spec: {}",
    "BackupVault": "spec: {}",
    "Role": "spec: {assumeRolePolicyDocument: {}}",
    "DBInstance": "spec: {engine: postgres, dbInstanceClass: db.t3.micro, allocatedStorage: 20, masterUsername: shop, "
    "manageMasterUserPassword: true, backupRetentionPeriod: 7}",
}


def stand_ins(body: str) -> str:
    """The documents that others refer to, and that a page does not show."""
    whole = [(d["kind"], d["metadata"]["name"]) for d in yaml.safe_load_all(body)]
    named = {(kind, name) for kind, name in re.findall(r"\b([A-Z]\w+)/([a-z][\w/-]*)", body) if kind in STAND_INS}
    return "".join(
        f"---\napiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{STAND_INS[kind]}\n"
        for kind, name in sorted(named - set(whole))
    )


def test_the_first_stack_of_the_readme_is_valid(tmp_path: Path) -> None:
    (body,) = documents(README)
    (tmp_path / "stack.yaml").write_text(body)
    stack = load_stack(Folder(), str(tmp_path))
    assert list(stack.resources) == ["Topic/news"]
    assert len(body.splitlines()) <= 10


def test_the_tutorials_stack_is_valid(tmp_path: Path) -> None:
    head, resources = documents((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    (tmp_path / "stack.yaml").write_text(head)
    (tmp_path / "messages.yaml").write_text(resources)
    stack = load_stack(Folder(), str(tmp_path))
    assert list(stack.resources) == ["Topic/orders", "LogGroup//shop/app", "Alarm/shop-errors"]


def test_the_two_examples_of_documents_fit_together(tmp_path: Path) -> None:
    found = documents((ROOT / "docs" / "documents.md").read_text(encoding="utf-8"))
    base, dev = found[0], next(filter(is_stack, found))
    for name, body in (("base/database.yaml", base + stand_ins(base)), ("dev/stack.yaml", dev)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(body)
    stack = load_stack(Folder(), str(tmp_path / "dev"))
    assert stack.resources["DBInstance/shop-db"].spec["dbInstanceClass"] == "db.t3.micro"
    assert stack.resources["DBInstance/shop-db"].lifecycle.deletion == "delete"


def test_exit_codes_are_those_of_the_program() -> None:
    assert {code for code, _ in EXIT_CODES} == {*EXIT.values(), USAGE}
    assert [int(code) for code in re.findall(r"\*\*(\d+)\*\* ", README)] == [code for code, _ in EXIT_CODES]


def test_the_readme_is_one_screen() -> None:
    assert len(README.splitlines()) <= 70


@pytest.mark.parametrize(
    ("use", "fault"),
    [
        ("reconciler plna x", ["plna"]),
        ("reconciler plan --yes x", ["--yes"]),
        ("reconciler --helf", ["--helf"]),
        ("reconciler apply x --yes --format json", []),
    ],
)
def test_a_wrong_use_is_noticed(use: str, fault: list[str]) -> None:
    assert wrong(use) == fault


def test_uses_are_found_in_blocks_and_spans() -> None:
    page = "Say `reconciler plan x`, and not reconciler alone.\n\n```console\n$ reconciler apply x --yes  # why\n```\n"
    assert commands(page) == ["reconciler apply x --yes", "reconciler plan x"]
