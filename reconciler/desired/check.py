"""What is wrong with resources beyond their syntax: schemas, references, and what kinds know about themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from ..errors import Problem
from ..expressions import Reference, Template, Variable, references
from ..kind import Kind, Wanted
from ..kinds import KINDS
from ..schemas import document as document_schema
from ..types import Document as Json
from ..types import Flag, Integer, ListOf, MapOf, Number, Ref, Struct, Type
from .model import Resource
from .words import FORMATS, Validator, faults, listed, meant
from .yaml import Document, Path, dotted

BUILT_IN = ("arn", "id", "name")
MANY = 10
"""Names that a message lists at most."""
Lost = Callable[[str], bool]
"""Whether something of this name may stand in what could not be read."""


@cache
def validator(kind: str) -> Any:
    """Return the compiled validator of a kind's documents."""
    return Validator(document_schema(KINDS[kind]), format_checker=FORMATS)


def problem(document: Document, path: Path, subject: str, message: str, *, key: bool = False) -> Problem:
    """Return a problem at a place of a document, its path in front of the message."""
    mark = document.key_mark(path) if key else document.mark(path)
    if document.use and mark.file in document.moulds:
        where = document.mark(())
        message += f" (for {document.use}, {where.file}:{where.line})"
    return Problem(mark.file, mark.line, mark.column, subject, f"{dotted(path)}: {message}" if path else message)


def steps(path: str) -> Path:
    """Return the steps of a path as people write it."""
    return tuple(
        int(s[1:-1]) if s.startswith("[") and s[1:-1].isdigit() else s.strip("[]")
        for s in path.replace("[", ".[").split(".")
        if s
    )


def document_faults(document: Document, subject: str) -> Iterator[Problem]:
    """Yield what the schema of its kind says against a document."""
    for path, key, message in faults(validator(document.data["kind"]), document.data):
        yield problem(document, path, subject, message, key=key)


def resource_faults(resources: Mapping[str, Resource], unsound: set[str], lost: Lost) -> Iterator[Problem]:
    """Yield everything that is wrong within and between resources; of the unsound ones, only where they lead to."""
    sound: list[Resource] = []
    for resource in resources.values():
        shapes = [] if resource.address in unsound else list(_shape_faults(resource))
        yield from shapes
        if not shapes and resource.address not in unsound:
            sound.append(resource)
            for path, message in resource.kind.check(resource.spec):
                yield problem(resource.document, ("spec", *steps(path)), resource.address, message)
        yield from _reference_faults(resource, resources, lost)
    for kind in {r.kind.name: r.kind for r in sound}.values():
        for name, path, message in kind.check_among({r.name: r.spec for r in sound if r.kind is kind}):
            resource = resources[f"{kind.name}/{name}"]
            yield problem(resource.document, ("spec", *steps(path)), resource.address, message)
    yield from _same_names(sound)
    yield from _cycles(resources)


def name_faults(resources: Mapping[str, Resource], prefix: str, suffix: str) -> Iterator[Problem]:
    """Yield the resources whose name, with the stack's prefix and suffix, AWS would not take."""
    for resource in resources.values():
        kind, name = resource.kind, f"{prefix}{resource.name}{suffix}"
        if not kind.named or kind.named in resource.spec or kind.named not in kind.fields:
            continue
        schema = {**kind.fields[kind.named].type.schema(), "maxLength": kind.name_limit}
        for message in [said for _, _, said in faults(Validator(schema), name)][:1]:
            said = f"{message}. Choose another, or give the name in AWS as spec.{kind.named}"
            yield problem(resource.document, ("metadata", "name"), resource.address, said)


def between_faults(resources: Mapping[str, Resource], unsound: set[str], prefix: str, suffix: str) -> Iterator[Problem]:
    """Yield what is wrong between resources of different kinds, under the names that they will have in AWS."""
    sound = [r for r in resources.values() if r.address not in unsound and not any(_shape_faults(r))]
    wants = {r.address: Wanted(r.address, f"{prefix}{r.name}{suffix}", r.spec, {}) for r in sound}
    for resource in sound:
        for path, message in resource.kind.check_between(wants[resource.address], wants):
            yield problem(resource.document, ("spec", *steps(path)), resource.address, message)


def _same_names(resources: Iterable[Resource]) -> Iterator[Problem]:
    """Two resources that are one object in AWS would undo each other's work for ever."""
    first: dict[tuple[str, str], str] = {}
    for resource in resources:
        kind, name = resource.kind, resource.spec.get(resource.kind.named)
        if isinstance(name, str):
            key = kind.name, kind.key(Wanted(resource.address, name, resource.spec, {}))
            if first.setdefault(key, resource.address) != resource.address:
                said = f'"{name}" is what {first[key]} is called in AWS, too. Choose another name'
                yield problem(resource.document, ("spec", kind.named), resource.address, said)


def _shape_faults(resource: Resource) -> Iterator[Problem]:
    """An expression is a text or, as an attribute, a list; nothing in git can make a map or a number of it."""
    for path, expected, value in typed(resource.kind, resource.spec):
        attribute = len(value.parts) == 1 and isinstance(value.parts[0], Reference) and value.parts[0].attribute
        variable = len(value.parts) == 1 and isinstance(value.parts[0], Variable)
        if isinstance(expected, (MapOf, Struct, Json)):
            wanted = "a map"
        elif isinstance(expected, ListOf) and not attribute:
            wanted = "a list"
        elif isinstance(expected, (Integer, Number, Flag)) and not attribute and not variable:
            wanted = "true or false" if isinstance(expected, Flag) else "a number"
        else:
            continue
        hint = f". Write a list: - {value}" if wanted == "a list" else ""
        yield problem(resource.document, path, resource.address, f"{value} is a text where {wanted} is wanted{hint}")


def _reference_faults(resource: Resource, resources: Mapping[str, Resource], lost: Lost) -> Iterator[Problem]:
    for path, expected, value in typed(resource.kind, resource.spec):
        for reference in dict.fromkeys(value.references):
            fault = _fault(reference, resources, lost) or _wrong_kind(reference, value, expected)
            if fault:
                yield problem(resource.document, path, resource.address, fault)
    for i, address in enumerate(resource.lifecycle.depends_on):
        if address not in resources and not lost(address.partition("/")[2]):
            said = f"there is no {address}.{meant(address, resources)}"
            yield problem(resource.document, ("lifecycle", "dependsOn", i), resource.address, said)


def _fault(reference: Reference, resources: Mapping[str, Resource], lost: Lost) -> str:
    if reference.kind not in KINDS:
        return "" if lost(reference.name) else f"{reference} names no kind.{meant(reference.kind, KINDS)}"
    known = [*BUILT_IN, *KINDS[reference.kind].attributes]
    if reference.attribute and reference.attribute not in known:
        question = meant(reference.attribute, known)
        return f"a {reference.kind} has no attribute {reference.attribute}.{question} It has {listed(known)}"
    if reference.address not in resources and not lost(reference.name) and not reference.variables:
        same = [r.name for r in resources.values() if r.kind.name == reference.kind]
        there = meant(reference.name, same) or (f" It has {listed(same[:MANY])}" if same else "")
        return f"{reference} leads nowhere: this stack has no {reference.address}.{there}"
    return ""


def _wrong_kind(reference: Reference, value: Template, expected: Type) -> str:
    if not isinstance(expected, Ref) or not expected.kind or reference.attribute or len(value.parts) > 1:
        return ""
    if reference.kind in expected.kind.split("|"):
        return ""
    return f"{reference} is a {reference.kind} where a {expected.kind.replace('|', ' or a ')} is wanted"


def typed(kind: Kind, spec: Mapping[str, Any]) -> Iterator[tuple[Path, Type, Template]]:
    """Yield (path, type, template) for each template of a spec."""
    for name, value in spec.items():
        known = kind.fields.get(name)
        yield from _typed(("spec", name), known.type if known else Type(), value)


def _typed(path: Path, kind: Type, value: Any) -> Iterator[tuple[Path, Type, Template]]:
    if isinstance(value, Template):
        yield path, kind, value
    elif isinstance(value, list):
        inner = kind.item if isinstance(kind, ListOf) else Type()
        for i, item in enumerate(value):
            yield from _typed((*path, i), inner, item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            part = (
                kind.parts.get(key, Type())
                if isinstance(kind, Struct)
                else kind.value
                if isinstance(kind, MapOf)
                else Type()
            )
            yield from _typed((*path, key), part, item)


def _cycles(resources: Mapping[str, Resource]) -> Iterator[Problem]:
    """Yield one problem per ring of resources each of which must exist before the next."""
    edges = {a: sorted(r.needs()[0] & resources.keys()) for a, r in resources.items()}
    done: set[str] = set()
    for start in edges:
        ring = _ring(start, edges, done)
        if ring:
            first = resources[ring[0]]
            said = (
                f"each needs the next to exist first: {' → '.join([*ring, ring[0]])}. Take one of these references away"
            )
            yield problem(first.document, _leading(first, (*ring, ring[0])[1]), first.address, said)


def _leading(resource: Resource, address: str) -> Path:
    """Return where a resource says that it needs another."""
    for path, _, value in typed(resource.kind, resource.spec):
        if any(r.address == address for r in value.references):
            return path
    return "lifecycle", "dependsOn", resource.lifecycle.depends_on.index(address)


def _ring(start: str, edges: Mapping[str, list[str]], done: set[str]) -> list[str]:
    """Walk down from an address until a way leads back to itself; ``done``: nothing new is found from there."""
    trail: list[str] = []
    todo = [(start, iter(edges[start]))] if start not in done else []
    while todo:
        at, further = todo[-1]
        if at not in trail[len(todo) - 1 :]:
            trail.append(at)
            done.add(at)
        to = next(further, None)
        if to is None:
            todo.pop()
            trail.pop()
        elif to in trail:
            return trail[trail.index(to) :]
        elif to not in done:
            todo.append((to, iter(edges[to])))
    return []


def output_faults(
    document: Document, outputs: Mapping[str, Any], resources: Mapping[str, Resource], lost: Lost
) -> Iterator[Problem]:
    """Yield the outputs that refer to what is not there."""
    for name, value in outputs.items():
        for reference in references(value):
            if fault := _fault(reference, resources, lost):
                yield problem(document, ("spec", "outputs", name), document.subject, fault)
