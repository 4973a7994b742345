"""YAML, read as hostile input: data only, every value with its place, nothing that can grow by itself.

Scalars follow YAML 1.2 (``no`` and ``on`` are texts), a number with a leading zero is a text, and anchors, aliases,
merge keys, tags and duplicate keys are errors.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Self

import yaml

from ..errors import Problem
from ..expressions import parse

Path = tuple[str | int, ...]
DEEPEST, MOST_NODES, LARGEST, MOST_DIGITS = 64, 100_000, 1 << 20, 300
_INTEGER = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
          "false": False, "False": False, "FALSE": False}  # fmt: skip


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass
class Document:
    """One YAML document: its data, and where every key and value of it stands."""

    data: Any
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    use: str = ""
    """The use of a component that it was made for, as ``Kind/name``; empty if it was written as it is."""
    moulds: tuple[str, ...] = ()
    """The files of the components that it came through."""

    def mark(self, path: Path) -> Mark:
        """Return where the value at the path stands, or the nearest thing around it."""
        while path not in self.values and path:
            path = path[:-1]
        return self.values[path]

    def key_mark(self, path: Path) -> Mark:
        """Return where the key at the path stands."""
        return self.keys.get(path) or self.mark(path)

    @property
    def subject(self) -> str:
        """Return ``Kind/name`` as far as the document says it."""
        data = self.data if isinstance(self.data, dict) else {}
        metadata = data.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return f"{data['kind']}/{name}" if isinstance(data.get("kind"), str) and isinstance(name, str) else ""


class Written(float):
    """A number that also knows how it was written: a version 1.10 is not 1.1."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read the number."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text


class Fault(Exception):
    """The reading of one file cannot go on."""

    def __init__(self, mark: Any, message: str) -> None:
        """Say what is wrong at a mark of the parser, which counts from 0."""
        self.line: int = mark.line + 1 if mark else 1
        self.column: int = mark.column + 1 if mark else 1
        super().__init__(message)


def dotted(path: Path) -> str:
    """Return a path as people write it: ``spec.ingress[0].fromPort``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def load(text: bytes, file: str) -> tuple[list[Document], list[Problem]]:
    """Return the documents of a file and what is wrong with it. A syntax error ends the file there."""
    reader = _Reader(file)
    try:
        if len(text) > LARGEST:
            raise Fault(None, f"is longer than {LARGEST:,} bytes, the most that is read. Split it")
        reader.read(text)
    except Fault as fault:
        reader.stopped(fault)
    except yaml.MarkedYAMLError as error:
        reader.stopped(_fault(error, text))
    except (yaml.YAMLError, UnicodeError):
        reader.problems.append(
            Problem(file, 1, 1, "", "is not a text in UTF-8 that YAML allows. Save it as plain UTF-8")
        )
    return reader.documents, reader.problems


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self.found: list[tuple[Mark, Path, str]] = []
        """What is wrong in the present document, as long as nobody knows its name."""
        self.nodes = 0

    def stopped(self, fault: Fault) -> None:
        self.problems.append(Problem(self.file, fault.line, fault.column, "", str(fault)))

    def read(self, text: bytes) -> None:
        self.events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.document = document = Document(None)
                try:
                    document.data = self.node(next(self.events), (), 0)
                finally:
                    self.tell(document)
                if document.data is not None:
                    self.documents.append(document)

    def tell(self, document: Document) -> None:
        for where, path, message in self.found:
            told = f"{dotted(path)}: {message}" if path else message
            self.problems.append(Problem(self.file, where.line, where.column, document.subject, told))
        self.found = []

    def node(self, event: Any, path: Path, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES or depth > DEEPEST:
            raise Fault(event.start_mark, f"is too large or too deep: at most {MOST_NODES:,} values, {DEEPEST} levels")
        self.plain(event)
        self.document.values[path] = self.mark(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        return self.scalar(event, path)

    def plain(self, event: Any) -> None:
        """Refuse what makes a value more than it says."""
        if isinstance(event, yaml.AliasEvent):
            raise Fault(
                event.start_mark,
                f"*{event.anchor} is an alias; aliases and anchors are not accepted. Write the value out, or use a variable",
            )
        if event.anchor:
            raise Fault(
                event.start_mark,
                f"&{event.anchor} is an anchor; anchors are not accepted. Write the value out, or use a variable",
            )
        if event.tag:
            raise Fault(event.start_mark, f"{event.tag} is a tag; tags are not accepted. Remove it")

    def mapping(self, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not path:
            self.document.data = found
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event)
            inner = (*path, key)
            known = self.document.keys.get(inner)
            if known is None:
                self.document.keys[inner] = self.mark(event)
                found[key] = self.node(next(self.events), inner, depth + 1)
            else:
                self.found.append(
                    (self.mark(event), inner, f"stands here twice (first on line {known.line}). Keep one")
                )
                self.skip(inner, depth)
        return found

    def key(self, event: Any) -> str:
        if isinstance(event, yaml.CollectionStartEvent):
            raise Fault(event.start_mark, 'is not a text, and only a text can be a key. Quote an expression: "${…}"')
        self.plain(event)
        if event.value == "<<":
            raise Fault(
                event.start_mark, "<< merges maps; merge keys are not accepted. Write the values out, or use a patch"
            )
        if "${" in event.value:
            raise Fault(
                event.start_mark, f"{event.value} is a key, and expressions stand in values only. Write the key out"
            )
        return str(event.value)

    def skip(self, path: Path, depth: int) -> None:
        """Read past the value of a duplicate key."""
        kept, self.document = self.document, Document(None)
        try:
            self.node(next(self.events), path, depth + 1)
        finally:
            self.document = kept

    def sequence(self, path: Path, depth: int) -> list[Any]:
        found: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.node(event, (*path, len(found)), depth + 1))
        return found

    def scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        if not event.style:
            if text in _WORDS:
                return _WORDS[text]
            if len(text) <= MOST_DIGITS and _INTEGER.match(text):
                return int(text)
            if len(text) <= MOST_DIGITS and _FLOAT.match(text) and math.isfinite(float(text)):
                return Written(text)
        try:
            return parse(text)
        except ValueError as error:
            self.found.append((self.mark(event), path, str(error)))
            return text

    def mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)


def _fault(error: yaml.MarkedYAMLError, text: bytes) -> Fault:
    """Return what the parser says in words that a person can act on."""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    here = next(iter(text.split(b"\n")[line : line + 1]), b"")
    said, context = str(error.problem or "cannot be read"), str(error.context or "")
    since = f" (it opens on line {error.context_mark.line + 1})" if error.context_mark else ""
    if b"\t" in here[: len(here) - len(here.lstrip())] or "\\t" in said:
        return Fault(mark, "a tab stands in the indentation. YAML indents by spaces only")
    if "quoted scalar" in context and "stream" in said:
        return Fault(error.context_mark or mark, "a quote opens here and is never closed. Close it")
    if "flow" in context:
        return Fault(
            mark,
            f"a comma or the closing bracket is missing{since}. Inside brackets, quote what holds ${{…}} or a comma",
        )
    if "mapping values are not allowed" in said or "block" in said or "expected" in said:
        advice = "Line it up with its neighbours, and quote texts that hold ': '"
        return Fault(mark, f"the indentation or the punctuation is wrong here ({said}). {advice}")
    return Fault(mark, f"YAML cannot be read here: {said}. If it is a text, quote it")
