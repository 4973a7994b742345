"""What each object of the stack was last given, read from the commit that its tag names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .desired import load_stack
from .desired.model import Stack
from .errors import DesiredError
from .files import Revision, top
from .kind import COMMIT
from .steps import Plan


def bases_of(stack: Stack, plan: Plan) -> Mapping[str, Mapping[str, Any]]:
    """Return the last applied spec of each resource that differs; without those that nobody can know any more."""
    differing = {
        s.address: (s.live.tags or {}).get(COMMIT, "") for s in plan.steps if s.live and s.resource and s.differences
    }
    commits = {sha for sha in differing.values() if sha}
    if not commits:
        return {}
    before = {sha: _specs(stack, sha) for sha in commits}
    return {a: before[sha][a] for a, sha in differing.items() if sha and a in before[sha]}


def _specs(stack: Stack, sha: str) -> Mapping[str, Mapping[str, Any]]:
    try:
        old = load_stack(Revision(top(stack.folder), sha), stack.folder)
    except (OSError, DesiredError):
        return {}
    return {a: r.spec for a, r in old.resources.items()}
