"""Files → resources, collecting problems on the way instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from .. import API_VERSION
from ..errors import Problem
from ..expressions import Template
from ..files import MOST_BYTES, MOST_FILES, Tree, yaml_files
from ..kinds import KINDS
from .check import document_faults, problem
from .component import Component, components
from .fill import Variables, filled, referring
from .model import Ignore, Lifecycle, Resource
from .patch import merge
from .words import meant
from .yaml import Document, Path, load

Patch = tuple[str, Document, Path]
"""The address of its target, and where the patch stands."""
MOST_MADE = 10_000
_NAMED = re.compile(rb"\bname:[ \t]*[\"']?([^\s\"',}#]+)")


class Loader:
    """One stack, or one folder of documents, on its way from files to resources."""

    def __init__(self, tree: Tree) -> None:
        """Read from this tree."""
        self.tree = tree
        self.problems: list[Problem] = []
        self.unsound: set[str] = set()
        """Addresses of whose documents something is known to be wrong."""
        self.names: set[str] = set()
        """What the documents that could not be read seem to be called."""
        self.complete = True
        """Whether all places that should be read are known."""
        self.components: dict[str, Component] = {}
        self._bytes = 0

    def lost(self, name: str) -> bool:
        """Whether something of this name may stand in what could not be read: then nobody can say it is missing."""
        return not self.complete or name in self.names

    def documents(self, paths: Iterable[str]) -> list[Document]:
        """Return the documents of files and folders, each file once."""
        found: list[Document] = []
        try:
            files = dict.fromkeys(file for path in paths for file in yaml_files(self.tree, path, self.problems))
        except OSError as error:
            self.complete = False
            self.problems.append(Problem(str(error.filename), 0, 0, "", f"cannot be read: {error.strerror}"))
            return []
        for number, file in enumerate(files):
            text = self._text(file)
            if number >= MOST_FILES or self._bytes > MOST_BYTES:
                self.complete = False
                said = f"is one too many: at most {MOST_FILES:,} files and {MOST_BYTES:,} bytes a stack"
                self.problems.append(Problem(file, 1, 1, "", said))
                break
            documents, problems = load(text, file)
            if problems:
                self.names |= {name.decode("utf-8", "replace") for name in _NAMED.findall(text)}
            self.problems += problems
            found += documents
        return found

    def _text(self, file: str) -> bytes:
        try:
            text = self.tree.read(file)
        except OSError as error:
            self.complete = False
            self.problems.append(Problem(file, 0, 0, "", f"cannot be read: {error.strerror or error}"))
            return b""
        self._bytes += len(text)
        return text

    def resources(self, documents: list[Document], patches: list[Patch], variables: Variables) -> dict[str, Resource]:
        """Return the resources, patched and with their variables filled in, by address."""
        documents, patches = self._expanded(documents, patches, variables)
        named: dict[str, Document] = {}
        for document in documents:
            address = self._address(document)
            if address in named:
                first = named[address].mark(())
                said = f"stands here a second time (first in {first.file}:{first.line}). Rename one"
                self.problems.append(problem(document, ("metadata", "name"), address, said))
            elif address:
                named[address] = document
        for address, source, path in patches:
            if address in named:
                merge(named[address], source, path)
            elif not self.lost(address.partition("/")[2]):
                said = f"there is no {address} to patch.{meant(address, named)}"
                self.problems.append(problem(source, (*path[:-1], "target"), source.subject, said))
        return {address: self._resource(address, document, variables) for address, document in named.items()}

    def _expanded(
        self, documents: list[Document], patches: list[Patch], variables: Variables
    ) -> tuple[list[Document], list[Patch]]:
        """Return the documents with what components stand for in place of their uses, and the patches that are left."""
        defined = [d for d in documents if isinstance(d.data, dict) and d.data.get("kind") == "Component"]
        self.components = components(defined, self.problems)
        known = {name: name in self.components for name in map(_name, defined) if isinstance(name, str)}
        # What a definition with faults would have made cannot be missed.
        self.complete = self.complete and all(known.values())
        found: list[Document] = []
        uses: dict[str, Document] = {}
        todo = [d for d in reversed(documents) if not isinstance(d.data, dict) or d.data.get("kind") != "Component"]
        while todo:
            document = todo.pop()
            if len(uses) + len(found) + len(todo) > MOST_MADE:
                said = f"more than {MOST_MADE:,} documents come of the components of this stack. Split it"
                self.problems.append(problem(document, (), document.subject, said))
                break
            kind = document.data.get("kind") if isinstance(document.data, dict) else None
            if not isinstance(kind, str) or kind not in known:
                found.append(document)
            elif known[kind] and self._usable(document, uses):
                uses[document.subject] = document
                for _, source, path in (patch for patch in patches if patch[0] == document.subject):
                    merge(document, source, path)
                made = self.components[kind].expand(document, variables, self.problems)
                self.complete = self.complete and bool(made)
                todo += reversed(made)
        return found, [patch for patch in patches if patch[0] not in uses]

    def _usable(self, document: Document, uses: dict[str, Document]) -> bool:
        """Whether the use of a component has a name of its own; if not, that is a problem."""
        if document.subject in uses:
            first = uses[document.subject].mark(())
            said = f"stands here a second time (first in {first.file}:{first.line}). Rename one"
        elif isinstance(_name(document), str):
            return True
        else:
            said = "a plain name is wanted. Write metadata: {name: …}"
        self.complete = False
        self.problems.append(problem(document, ("metadata", "name"), document.subject, said))
        return False

    def _address(self, document: Document) -> str:
        """Return the address of a resource's document; empty if it is none, with a problem unless it is a stack's."""
        data = document.data
        if not isinstance(data, dict):
            said = f"a document is a map with apiVersion, kind, metadata and spec (apiVersion: {API_VERSION})"
            self.problems.append(problem(document, (), "", said))
            return ""
        kind, name = data.get("kind"), _name(document)
        if kind == "Stack":
            if PurePosixPath(document.mark(()).file).name != "stack.yaml":
                said = "a Stack is read from a file called stack.yaml only. Move it"
                self.problems.append(problem(document, ("kind",), document.subject, said))
            return ""
        if not isinstance(kind, str) or kind not in KINDS:
            self.names |= {name} if isinstance(name, str) else set()
            self.problems.append(_no_kind(document, kind, name, [*KINDS, *self.components]))
            return ""
        if isinstance(name, str):
            return f"{kind}/{name}"
        if isinstance(name, Template):
            said = f"{name} is an expression, and an address is the same everywhere. Write a plain name"
            self.problems.append(problem(document, ("metadata", "name"), kind, said))
        else:
            self.problems += document_faults(document, kind)
        return ""

    def _resource(self, address: str, document: Document, variables: Variables) -> Resource:
        kind, _, name = address.partition("/")
        missing: list[tuple[Path, str]] = []
        document.data = filled(document.data, variables, missing)
        found = [problem(document, path, address, said) for path, said in missing]
        found += document_faults(document, address)
        found += [
            problem(document, path, address, f"{value} refers to a resource, which only spec may. Write a plain value")
            for path, value in referring({k: v for k, v in document.data.items() if k != "spec"})
        ]
        self.problems += found
        spec = document.data.get("spec")
        spec = spec if isinstance(spec, dict) else {}
        if found:
            # It still counts as there, so that others may refer to it without a second complaint.
            self.unsound.add(address)
            return Resource(KINDS[kind], name, spec, Lifecycle(), document)
        return Resource(KINDS[kind], name, spec, _lifecycle(document.data.get("lifecycle") or {}), document)


def _name(document: Document) -> Any:
    metadata = document.data.get("metadata")
    return metadata.get("name") if isinstance(metadata, dict) else None


def _no_kind(document: Document, kind: Any, name: Any, known: Iterable[str]) -> Problem:
    where: Path = ("kind",) if "kind" in document.data else ()
    if kind is None:
        said = "lacks kind. Add it; `reconciler explain` lists the kinds"
    else:
        said = f'"{kind}" is not a kind.{meant(kind, known)} `reconciler explain` lists them'
    return problem(document, where, f"{kind}/{name}" if isinstance(name, str) and isinstance(kind, str) else "", said)


def _lifecycle(told: dict[str, Any]) -> Lifecycle:
    ignore = tuple(Ignore(i["field"], i["reason"], i.get("until", "")) for i in told.get("ignore", ()))
    depends_on = tuple(told.get("dependsOn", ()))
    return Lifecycle(told.get("deletion"), told.get("replacement"), told.get("adopt", False), depends_on, ignore)
