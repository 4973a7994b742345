from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest

from reconciler import schemas
from reconciler.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = sorted((ROOT / "schemas").glob("*.json"))


def files(folder: Path) -> dict[str, str]:
    """The files below a folder, by their path in it."""
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def different(fresh: dict[str, str], committed: dict[str, str]) -> list[str]:
    return sorted(n for n in fresh.keys() | committed.keys() if fresh.get(n) != committed.get(n))


def test_schemas_are_fresh(tmp_path: Path) -> None:
    """`make schemas` writes them."""
    schemas.write(tmp_path / "schemas")
    committed = {n: told for n, told in files(ROOT / "schemas").items() if n != "report.json"}
    assert different(files(tmp_path / "schemas"), committed) == []


def test_a_stale_schema_is_noticed_and_taken_away(tmp_path: Path) -> None:
    (tmp_path / "Gone.json").write_text("{}")
    (tmp_path / "report.json").write_text("{}")
    schemas.write(tmp_path)
    assert set(files(tmp_path)) == {"Stack.json", "Component.json", "report.json", *(f"{name}.json" for name in KINDS)}
    (tmp_path / "VPC.json").write_text("{}")
    assert "VPC.json" in different(files(tmp_path), files(ROOT / "schemas"))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_each_schema_is_one(path: Path) -> None:
    schema = json.loads(path.read_text())
    assert schema["$schema"] == schemas.DIALECT
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_no_schema_takes_what_it_does_not_know(path: Path) -> None:
    """A mistyped guard must not be silently ignored."""
    schema = json.loads(path.read_text())
    assert schema["additionalProperties"] is False
    assert schema["properties"].get("spec", {"additionalProperties": False})["additionalProperties"] is False


@pytest.mark.skipif(importlib.util.find_spec("reconciler.docs") is None, reason="the reference is not generated yet")
def test_the_reference_is_fresh(tmp_path: Path) -> None:
    """`make docs` writes it."""
    docs = importlib.import_module("reconciler.docs")
    docs.write(tmp_path / "reference")
    assert different(files(tmp_path / "reference"), files(ROOT / "docs" / "reference")) == []


def test_the_pictures_of_the_systems_are_fresh() -> None:
    """`make docs` draws them."""
    docs = importlib.import_module("reconciler.docs")
    assert [
        path.parent.name for path, told in docs.pictures().items() if told != path.read_text(encoding="utf-8")
    ] == []
