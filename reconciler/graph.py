"""The dependency graph of a stack as text, DOT or Mermaid. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .desired.model import Stack

Edges = Mapping[str, list[str]]


def edges(stack: Stack) -> Edges:
    """Return what each resource refers to, by address, sorted."""
    return {a: sorted(set().union(*r.needs()) & stack.resources.keys()) for a, r in stack.resources.items()}


def text(stack: Stack) -> str:
    """Return a line per resource, with what it needs."""
    return "\n".join(a + (f" → {', '.join(to)}" if to else "") for a, to in edges(stack).items())


def dot(stack: Stack) -> str:
    """Return the graph in Graphviz's language."""
    lines = [f'  "{a}";' for a in edges(stack)] + [
        f'  "{a}" -> "{to}";' for a, found in edges(stack).items() for to in found
    ]
    return "\n".join([f'digraph "{stack.name}" {{', "  rankdir=LR;", *lines, "}"])


def mermaid(stack: Stack) -> str:
    """Return the graph in Mermaid's language, which forges render."""
    ids = {a: f"n{i}" for i, a in enumerate(edges(stack))}
    nodes = [f'  {ids[a]}["{a.partition("/")[0]}<br/>{a.partition("/")[2]}"]' for a in ids]
    return "\n".join(
        ["graph LR", *nodes, *(f"  {ids[a]} --> {ids[to]}" for a, found in edges(stack).items() for to in found)]
    )
