"""Documents → stacks with typed resources; every problem at once, with file, line and column."""

from __future__ import annotations

import posixpath
from functools import cache
from typing import Any

from ..errors import DesiredError, Problem
from ..expressions import Template
from ..files import ELSEWHERE, Tree
from ..schemas import stack as stack_schema
from .check import between_faults, name_faults, output_faults, problem, resource_faults
from .fill import Missing, Variables, filled, referring, text
from .loader import Loader, Patch
from .model import Limits, Resource, Stack
from .words import Validator, faults
from .yaml import Document

__all__ = ["Resource", "Stack", "load_documents", "load_stack"]


def load_stack(tree: Tree, folder: str, revision: str = "") -> Stack:
    """Read the stack in a folder. Raises DesiredError with everything that is wrong with it."""
    loader = Loader(tree)
    stack = _stack(loader, folder.rstrip("/") or "/", revision)
    if loader.problems or stack is None:
        raise DesiredError(loader.problems)
    return stack


def load_documents(tree: Tree, path: str) -> None:
    """Check the documents of a folder that no stack names; variables may have any value."""
    loader = Loader(tree)
    resources = loader.resources(loader.documents([path]), [], None)
    loader.problems += resource_faults(resources, loader.unsound, loader.lost)
    if loader.problems:
        raise DesiredError(loader.problems)


@cache
def _validator() -> Any:
    return Validator(stack_schema())


def _stack(loader: Loader, folder: str, revision: str) -> Stack | None:
    """A fault in ``stack.yaml`` hides no other: what it leaves unknown is not complained about."""
    head = _head(loader, f"{folder}/stack.yaml")
    spec = _map(head.data.get("spec"))
    variables = _variables(loader, head, spec)
    missing: Missing = []
    data = _known(head, spec, variables, missing)
    loader.problems += [problem(head, path, head.subject or "Stack", said) for path, said in missing]
    sound = _checked(loader, head, data) and not missing
    plain = _map(data.get("spec"))
    found = loader.documents(_places(loader, head, plain, folder))
    documents = [d for d in found if not head.data or d.mark(()) != head.mark(())]
    resources = loader.resources(documents, _patches(head, spec), variables)
    loader.problems += resource_faults(resources, loader.unsound, loader.lost)
    affixes = plain.get("namePrefix", ""), plain.get("nameSuffix", "")
    if all(isinstance(affix, str) for affix in affixes):
        loader.problems += name_faults(resources, *affixes)
        loader.problems += between_faults(resources, loader.unsound, *affixes)
    outputs = _map(plain.get("outputs"))
    loader.problems += output_faults(head, outputs, resources, loader.lost)
    if not sound:
        return None
    return Stack(
        data["metadata"]["name"], plain["region"], folder, plain.get("account", ""), plain.get("role", ""),
        plain.get("namePrefix", ""), plain.get("nameSuffix", ""), {k: text(v) for k, v in plain.get("tags", {}).items()},
        Limits(**{_snake(k): v for k, v in plain.get("policy", {}).items()}), outputs, resources, revision,
    )  # fmt: skip


def _head(loader: Loader, file: str) -> Document:
    """Return the stack's own document; an empty one, with a problem, if there is none."""
    found = [d for d in loader.documents([file]) if isinstance(d.data, dict)]
    stacks = [d for d in found if d.data.get("kind") == "Stack"] or found
    if stacks:
        return stacks[0]
    loader.complete = False
    if not loader.problems:
        said = "is not there, or empty. A stack is a folder with a stack.yaml"
        loader.problems.append(Problem(file, 0, 0, "", said))
    return Document({})


def _known(head: Document, spec: dict[str, Any], variables: Variables, missing: Missing) -> dict[str, Any]:
    """Return the stack's data with its variables in place, but for those that patches carry to other documents."""
    kept = {k: spec[k] for k in ("variables", "patches") if k in spec}
    if not isinstance(head.data.get("spec"), dict):
        return dict(head.data)
    data = filled({**head.data, "spec": {k: v for k, v in spec.items() if k not in kept}}, variables, missing)
    return {**data, "spec": {**data["spec"], **kept}}


def _checked(loader: Loader, head: Document, data: dict[str, Any]) -> bool:
    """Whether the schema of a stack has nothing against it; what it has becomes problems."""
    if not data:
        return False
    before = len(loader.problems)
    for path, key, message in faults(_validator(), data):
        loader.problems.append(problem(head, path, head.subject or "Stack", message, key=key))
    whole = {**data, "spec": {k: v for k, v in _map(data.get("spec")).items() if k not in ("outputs", "patches")}}
    for path, value in referring(whole):
        said = f"{value} refers to a resource, which of a stack only outputs and patches may. Write a plain value"
        loader.problems.append(problem(head, path, head.subject or "Stack", said))
    return len(loader.problems) == before


def _variables(loader: Loader, head: Document, spec: dict[str, Any]) -> Variables:
    """Return the variables; None if nobody can know them all."""
    told = spec.get("variables", {})
    if not head.data or not isinstance(told, dict):
        return None
    for name, value in told.items():
        if isinstance(value, Template) and not value.references:
            said = f"{value} is an expression, and a variable's value is plain. Write the value out"
            loader.problems.append(problem(head, ("spec", "variables", name), head.subject or "Stack", said))
    return told


def _places(loader: Loader, head: Document, spec: dict[str, Any], folder: str) -> list[str]:
    """Return the files and folders that the stack consists of, as far as they are there."""
    if not head.data:
        return [folder] if loader.tree.kind(folder) else []
    told = spec.get("resources", ["."])
    found: list[str] = []
    for i, item in enumerate(told if isinstance(told, list) else ()):
        path = posixpath.normpath(f"{folder}/{item}")
        fault = (
            "is not there. Paths are relative to the stack's folder"
            if not loader.tree.kind(path)
            else _through(loader, folder, path)
        )
        if fault:
            loader.complete = False
            said = f"{path} {fault}"
            loader.problems.append(problem(head, ("spec", "resources", i), head.subject or "Stack", said))
        else:
            found.append(path)
    loader.complete = loader.complete and isinstance(told, list)
    return found


def _through(loader: Loader, folder: str, path: str) -> str:
    """Return what is wrong with a place on the way to the path: a link that leads elsewhere."""
    own = posixpath.normpath(folder)
    while path not in (".", "/", "") and not f"{own}/".startswith(f"{path}/"):
        path = posixpath.dirname(path)
        if path and not f"{own}/".startswith(f"{path}/") and (kind := loader.tree.kind(path)) in ELSEWHERE:
            return f"leads through {path}, which {ELSEWHERE[kind]}"
    return ""


def _patches(head: Document, spec: dict[str, Any]) -> list[Patch]:
    """Return the patches that say what they patch; the schema has told of the others."""
    told = spec.get("patches")
    found: list[Patch] = []
    for i, item in enumerate(told if isinstance(told, list) else ()):
        target, patch = _map(_map(item).get("target")), _map(item).get("patch")
        if isinstance(target.get("kind"), str) and isinstance(target.get("name"), str) and isinstance(patch, dict):
            found.append((f"{target['kind']}/{target['name']}", head, ("spec", "patches", i, "patch")))
    return found


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
