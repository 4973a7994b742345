from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONG = "# long because: "

# A bracket round one letter keeps a pattern from matching its own spelling in this file.
FORBIDDEN = {
    "machine path": r"(?<![\w.~})/-])/(?:[h]ome|[U]sers|[r]oot|[w]ork|[t]mp)/\w",
    "registry host": r"\b[p]ypi(?:\.org|\.python|[.-]\w+\.\w)|[p]ythonhosted\.org|[j]frog\.io|\b[a]rtifactory\b",
    "index line": r"(?<![\w-])(?:--(?:extra-)?[i]ndex-url|--[f]ind-links|--[t]rusted-host)\b",
    "credential": r"\b(?:AKIA|ASIA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|[B]EGIN (?:[A-Z]+ )?PRIVATE KEY|(?i:secret_?access_?key)\W{1,4}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])",
    "word of tooling": r"(?i)\b(?:[c]laude|[a]nthropic|[c]hatgpt|[o]penai|[s]ubagent"
    r"|[l]anguage model|[a]i-generated)\b",
}
SAMPLES = {
    "machine path": [("see /ho", "me/ann/x"), ("'/t", "mp/x'"), ("/wo", "rk/main")],
    "registry host": [("https://py", "pi.org/simple"), ("files.python", "hosted.org")],
    "index line": [("--in", "dex-url x"), ("--extra-in", "dex-url=x"), ("  --fi", "nd-links d")],
    "credential": [("AK", "IA" + "Q7" * 8), ("-----BEG", "IN RSA PRIVATE KEY-----"), ("secret_access_key=", "a/" * 20)],
    "word of tooling": [("made by Cl", "aude")],
}
FOLDERS = ["desired", "docs", "reconciler", "requirements", "schemas", "tests"]


def tracked() -> list[Path]:
    """Files that are or could be committed; skips the test outside git."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text(path: Path) -> str:
    """The text of a file, or nothing if it is binary."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def long_functions(source: str) -> list[tuple[int, str]]:
    """Line and name of every function of more than 40 lines that does not say why."""
    lines = source.splitlines()
    return [
        (node.lineno, node.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (end := node.end_lineno or node.lineno) - node.lineno >= 40
        and not any(LONG in line for line in lines[node.lineno - 1 : end])
    ]


def unreasoned(toml: str) -> list[tuple[int, str]]:
    """Line and code of every ruff ignore in ``toml`` that no comment explains."""
    found, inside = [], False
    for number, line in enumerate(toml.splitlines(), 1):
        if re.match(r'(ignore|"[^"]+")\s*=\s*\[', line):
            inside = True
        elif line.startswith("]"):
            inside = False
        entry = re.match(r'\s+"([A-Z]+[0-9]*)",?\s*(#\s*\w.*)?$', line)
        if inside and entry and not entry[2]:
            found.append((number, entry[1]))
    return found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds_a(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{place(path, number)}: {line.strip()[:120]}"
        for path in tracked()
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(("what", "halves"), [(what, halves) for what, many in SAMPLES.items() for halves in many])
def test_the_patterns_find_what_they_are_for(what: str, halves: tuple[str, str]) -> None:
    assert re.search(FORBIDDEN[what], "".join(halves))


@pytest.mark.parametrize("harmless", ["https://example.com/home/x", "docs/work/y", "AKIAIOSFODNN7EXAMPLE", "~/root/x"])
def test_the_patterns_leave_alone(harmless: str) -> None:
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, harmless)] == []


def test_python_files_are_short_or_say_why_not() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {len(lines)} lines"
        for path in tracked()
        if path.suffix == ".py"
        and len(lines := text(path).splitlines()) > 300
        and not any(line.startswith(LONG) for line in lines)
    ]
    assert found == []


def test_functions_are_short_or_say_why_not() -> None:
    found = [
        f"{place(path, line)}: {name}"
        for path in tracked()
        if path.suffix == ".py"
        for line, name in long_functions(text(path))
    ]
    assert found == []


def test_a_long_function_is_noticed_unless_it_says_why() -> None:
    body = "    pass\n" * 40
    assert long_functions(f"def f():\n{body}") == [(1, "f")]
    assert long_functions(f"def f():\n    {LONG}a table\n{body}") == []


def test_every_ruff_ignore_has_a_reason() -> None:
    toml = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(toml)["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    assert unreasoned(toml) == []


def test_an_ignore_without_a_reason_is_noticed() -> None:
    assert unreasoned('ignore = [\n    "E501",\n    "D203", # why\n]\n"tests/**" = [\n  "S101"\n]') == [
        (2, "E501"),
        (6, "S101"),
    ]


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_pin_is_exact_and_hashed(name: str) -> None:
    pins = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))[1:]
    assert len(pins) > 20
    assert [pin.splitlines()[0] for pin in pins if not re.match(r"[\w.-]+==[\w.]+ \\\n\s+--hash=sha256:", pin)] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_exists(name: str) -> None:
    assert (ROOT / name).is_dir()
