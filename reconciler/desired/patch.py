"""JSON merge patch (RFC 7396) on documents: what is merged brings its places along."""

from __future__ import annotations

from typing import Any

from .yaml import Document, Path


def merge(document: Document, source: Document, path: Path) -> None:
    """Merge what stands at a path of ``source`` into the document; faults of it will point to the source."""
    patch: Any = source.data
    for step in path:
        patch = patch[step]
    document.data = _merged(document, (), document.data, source, path, patch)


def _merged(document: Document, at: Path, target: Any, source: Document, path: Path, patch: Any) -> Any:
    if not isinstance(patch, dict):
        _forget(document, at)
        learn(document, at, source, path)
        return patch
    if not isinstance(target, dict):
        _forget(document, at)
        document.values[at] = source.mark(path)
        document.keys[at] = source.key_mark(path)
        target = {}
    merged = dict(target)
    for key, value in patch.items():
        inner = (*at, key)
        if value is None:
            merged.pop(key, None)
            _forget(document, inner)
        else:
            merged[key] = _merged(document, inner, target.get(key), source, (*path, key), value)
    return merged


def _forget(document: Document, at: Path) -> None:
    for marks in (document.values, document.keys):
        for old in [p for p in marks if p[: len(at)] == at]:
            del marks[old]


def learn(document: Document, at: Path, source: Document, path: Path) -> None:
    """Let what stands at a path of a document be found where it stands in the source."""
    for mine, theirs in ((document.values, source.values), (document.keys, source.keys)):
        mine.update({(*at, *p[len(path) :]): mark for p, mark in theirs.items() if p[: len(path)] == path})
