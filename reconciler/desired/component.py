"""Components: kinds of a team's own, each document of which is made into resources. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from .. import API_VERSION
from ..errors import Problem
from ..expressions import Reference, Template, Variable, joined, walk
from ..kinds import KINDS
from ..schemas import component as component_schema
from ..schemas import use as use_schema
from .check import problem
from .fill import Variables, filled, text
from .patch import learn
from .words import Validator, faults, meant
from .yaml import Document, Path

NAME = "name"
"""What a component knows without being told: the name of the document that uses it."""
RESERVED = ("Stack", "Component")


@dataclass(frozen=True)
class Argument:
    """What a parameter stands for, and where that was written."""

    value: Any
    document: Document
    path: Path


@dataclass(frozen=True)
class Component:
    """One definition that has nothing wrong with it."""

    name: str
    document: Document

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the JSON Schema of each parameter."""
        found: Mapping[str, Mapping[str, Any]] = self.document.data["spec"].get("parameters", {})
        return found

    @cached_property
    def validator(self) -> Any:
        """Return the validator of documents that use it."""
        return Validator(use_schema(self.name, self.parameters))

    def expand(self, use: Document, variables: Variables, problems: list[Problem]) -> list[Document]:
        """Return the resources that a document stands for; none if something is wrong with it."""
        missing: list[tuple[Path, str]] = []
        use.data = filled(use.data, variables, missing)
        none = self._none(use.data.get("spec"))
        if none:
            use.data = {**use.data, "spec": {k: v for k, v in use.data["spec"].items() if k not in none}}
        found = [problem(use, path, use.subject, said) for path, said in missing]
        found += [
            problem(use, path, use.subject, said, key=key) for path, key, said in faults(self.validator, use.data)
        ]
        scope = self._scope(use, none, variables, found)
        problems += found
        return [] if found else [*self._resources(use, scope, problems)]

    def _none(self, spec: Any) -> set[str]:
        """Return the parameters that a use says have no value, whatever their default."""
        return {k for k, v in spec.items() if v is None and k in self.parameters} if isinstance(spec, dict) else set()

    def _scope(self, use: Document, none: set[str], variables: Variables, found: list[Problem]) -> dict[str, Argument]:
        given = use.data.get("spec") if isinstance(use.data.get("spec"), dict) else {}
        scope = {NAME: Argument(use.data["metadata"]["name"], use, ("metadata", "name"))}
        for name, schema in self.parameters.items():
            if name in given or name in none:
                scope[name] = Argument(given.get(name), use, ("spec", name))
                continue
            path: Path = ("spec", "parameters", name, "default")
            missing: list[tuple[Path, str]] = []
            value = _default(schema.get("default"), scope, variables, missing, path)
            found += [problem(self.document, at, use.subject, said) for at, said in missing]
            scope[name] = Argument(value, self.document, path)
        return scope

    def _resources(self, use: Document, scope: Mapping[str, Argument], problems: list[Problem]) -> Iterator[Document]:
        for number, entry in enumerate(self.document.data["spec"]["resources"]):
            if _wanted(entry, scope):
                body = _Body(self, use, scope, problems)
                yield body.resource(entry, ("spec", "resources", number))


class _Body:
    """One resource of a component on its way from the definition to a document."""

    def __init__(
        self, component: Component, use: Document, scope: Mapping[str, Argument], problems: list[Problem]
    ) -> None:
        self.source, self.use, self.scope, self.problems = component.document, use, scope, problems
        self.made = Document({}, use=use.use or use.subject, moulds=(*use.moulds, self.source.mark(()).file))

    def resource(self, entry: Mapping[str, Any], at: Path) -> Document:
        """Return the document; as a whole it stands where the component is used."""
        name = self.value(entry[NAME], ("metadata", NAME), (*at, NAME))
        data = {"apiVersion": API_VERSION, "kind": entry["kind"], "metadata": {NAME: name}}
        data |= {part: self.value(entry[part], (part,), (*at, part)) for part in ("lifecycle", "spec") if part in entry}
        self.made.data = data
        self.made.values |= {path: self.use.mark(()) for path in ((), ("metadata",), ("metadata", NAME))}
        self.made.keys[("metadata", NAME)] = self.use.mark(())
        return self.made

    def value(self, value: Any, to: Path, at: Path) -> Any:
        """Return a value with its parameters filled in, and learn where it stands."""
        if isinstance(value, Template):
            return self.template(value, to, at)
        self.made.values[to], self.made.keys[to] = self.source.mark(at), self.source.key_mark(at)
        if isinstance(value, dict):
            return {k: self.value(v, (*to, k), (*at, k)) for k, v in value.items() if not self.absent(v)}
        return self.items(value, to, at) if isinstance(value, list) else value

    def items(self, values: list[Any], to: Path, at: Path) -> list[Any]:
        """Return the items; one that is a parameter with a list is replaced by that list's items."""
        found: list[Any] = []
        for i, item in enumerate(values):
            argument = self.alone(item)
            if argument is not None and isinstance(argument.value, list):
                for j in range(len(argument.value)):
                    learn(self.made, (*to, len(found) + j), argument.document, (*argument.path, j))
                found += argument.value
            elif not self.absent(item):
                found.append(self.value(item, (*to, len(found)), (*at, i)))
        return found

    def alone(self, value: Any) -> Argument | None:
        """Return the argument if the value is one parameter and nothing else."""
        parts = value.parts if isinstance(value, Template) else ()
        return self.scope[parts[0].name] if len(parts) == 1 and isinstance(parts[0], Variable) else None

    def absent(self, value: Any) -> bool:
        """Whether a value is a parameter that nobody gave: then there is no such field, or item."""
        argument = self.alone(value)
        return argument is not None and argument.value is None

    def template(self, value: Template, to: Path, at: Path) -> Any:
        """Return what a text with expressions stands for."""
        if (argument := self.alone(value)) is not None:
            learn(self.made, to, argument.document, argument.path)
            return argument.value
        self.made.values[to], self.made.keys[to] = self.source.mark(at), self.source.key_mark(at)
        return joined([part for p in value.parts for part in self.part(p, at)])

    def part(self, part: str | Reference | Variable, at: Path) -> Iterable[str | Reference | Variable]:
        """Return what a part of a text becomes."""
        if isinstance(part, Reference):
            return [part.named(lambda name: "".join(map(str, self.text(name, at))))]
        return self.text(part.name, at) if isinstance(part, Variable) else [part]

    def text(self, name: str, at: Path) -> Iterable[str | Reference | Variable]:
        """Return a parameter as parts of a longer text."""
        value = self.scope[name].value
        if isinstance(value, Template):
            return value.parts
        if isinstance(value, (dict, list)):
            noun = "a map" if isinstance(value, dict) else "a list"
            said = f"${{{name}}} is {noun}, and stands within a text. Let it stand alone"
            self.problems.append(problem(self.source, at, self.use.subject, said))
            return []
        return [] if value is None else [text(value)]


def components(documents: Sequence[Document], problems: list[Problem]) -> dict[str, Component]:
    """Return the sound definitions by name; what is wrong with the others becomes problems."""
    found: dict[str, Component] = {}
    names = {document.subject.partition("/")[2] for document in documents}
    for document in documents:
        wrong = [
            problem(document, p, document.subject, said, key=key) for p, key, said in faults(_schema(), document.data)
        ]
        wrong = wrong or [*_definition_faults(document, found, {*KINDS, *names})]
        problems += wrong
        if not wrong:
            name = document.data["metadata"]["name"]
            found[name] = Component(name, document)
    for name in [name for name in found if name in _within(found, name)]:
        document = found[name].document
        said = "consists of itself, and would never end. Take it out of its resources, or of theirs"
        problems.append(problem(document, ("metadata", "name"), document.subject, said))
        del found[name]
    return found


def _within(found: Mapping[str, Component], name: str) -> set[str]:
    """Return the components that one consists of, at any depth."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        at = todo.pop()
        inner = {entry["kind"] for entry in found[at].document.data["spec"]["resources"]} & found.keys()
        todo += inner - seen
        seen |= inner
    return seen


@cache
def _schema() -> Any:
    return Validator(component_schema())


def _definition_faults(
    document: Document, others: Mapping[str, Component], kinds: AbstractSet[str]
) -> Iterator[Problem]:
    name = document.data["metadata"]["name"]
    if name in KINDS or name in RESERVED or name in others:
        whose = f"the component in {others[name].document.mark(()).file}" if name in others else "a kind of its own"
        yield problem(document, ("metadata", "name"), document.subject, f"{name} is {whose}. Choose another name")
    parameters = document.data["spec"].get("parameters", {})
    if NAME in parameters:
        said = f"${{{NAME}}} is the name of the document that uses the component. Choose another name"
        yield problem(document, ("spec", "parameters", NAME), document.subject, said, key=True)
    known = {NAME, *parameters}
    for i, entry in enumerate(document.data["spec"]["resources"]):
        at: Path = ("spec", "resources", i)
        if entry["kind"] not in kinds:
            said = f'"{entry["kind"]}" is not a kind.{meant(entry["kind"], kinds)} `reconciler explain` lists them'
            yield problem(document, (*at, "kind"), document.subject, said)
        for path, used in _used(entry, at):
            if used not in known:
                said = f"${{{used}}} is not a parameter of the component.{meant(used, known)} Add it to spec.parameters"
                yield problem(document, path, document.subject, said)
        for word in ("when", "unless"):
            for used in entry.get(word, {}).keys() - known:
                said = f"{used} is not a parameter of the component.{meant(used, known)} Add it to spec.parameters"
                yield problem(document, (*at, word, used), document.subject, said, key=True)


def _used(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield every parameter that a value is made of, with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _used(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _used(inner, (*path, i))
    elif isinstance(value, Template):
        for part in value.parts:
            names = (
                part.variables if isinstance(part, Reference) else (part.name,) if isinstance(part, Variable) else ()
            )
            yield from ((path, name) for name in names)


def _default(
    default: Any, scope: Mapping[str, Argument], variables: Variables, missing: list[tuple[Path, str]], path: Path
) -> Any:
    """Return the default of a parameter, made of parameters that stand above it and of variables of the stack."""
    known = {**(variables or {}), **{name: argument.value for name, argument in scope.items()}}

    def named(template: Template) -> Template:
        return Template(tuple(
            p.named(lambda name: text(known[name])) if isinstance(p, Reference) and known.keys() >= {*p.variables} else p
            for p in template.parts
        ))  # fmt: skip

    default = walk(default, named)
    unknown: list[tuple[Path, str]] = []
    value = filled(default, known, unknown, path)
    if unknown and variables is None:
        return default
    missing += unknown
    return value


def _wanted(entry: Mapping[str, Any], scope: Mapping[str, Argument]) -> bool:
    def holds(condition: Mapping[str, Any]) -> bool:
        return all(scope[name].value == value for name, value in condition.items())

    return ("when" not in entry or holds(entry["when"])) and ("unless" not in entry or not holds(entry["unless"]))
