"""The dependency graph of a stack as text, DOT or Mermaid. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .desired.model import Stack

Edges = Mapping[str, list[str]]


def resources(stack: Stack) -> Edges:
    """Return what each resource refers to, by address, sorted."""
    return {a: sorted(set().union(*r.needs()) & stack.resources.keys()) for a, r in stack.resources.items()}


def documents(stack: Stack) -> Edges:
    """Return what each document that somebody wrote refers to, but for what follows from the rest.

    What a component makes counts as the use of the component.
    """
    written = {address: resource.document.use or address for address, resource in stack.resources.items()}
    found: dict[str, set[str]] = {one: set() for one in written.values()}
    for address, needs in resources(stack).items():
        found[written[address]] |= {written[need] for need in needs} - {written[address]}
    for one, leads in found.items():
        for to in sorted(leads):
            leads.remove(to)
            if not _leads(found, one, to):
                leads.add(to)
    return {one: sorted(leads) for one, leads in found.items()}


def _leads(edges: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether a way leads from one to the other."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += edges[at]
    return goal in seen


def text(_name: str, edges: Edges) -> str:
    """Return a line per node, with what it needs."""
    return "\n".join(a + (f" → {', '.join(to)}" if to else "") for a, to in edges.items())


def dot(name: str, edges: Edges) -> str:
    """Return the graph in Graphviz's language."""
    lines = [f'  "{a}";' for a in edges] + [f'  "{a}" -> "{to}";' for a, found in edges.items() for to in found]
    return "\n".join([f'digraph "{name}" {{', "  rankdir=LR;", *lines, "}"])


def mermaid(_name: str, edges: Edges) -> str:
    """Return the graph in Mermaid's language, which forges render."""
    ids = {a: f"n{i}" for i, a in enumerate(edges)}
    nodes = [f'  {ids[a]}["{a.partition("/")[0]}<br/>{a.partition("/")[2]}"]' for a in ids]
    return "\n".join(["graph LR", *nodes, *(f"  {ids[a]} --> {ids[to]}" for a, found in edges.items() for to in found)])
