"""What each object of the stack was last given, read from the commit that its tag names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from .desired import load_stack
from .desired.model import Stack
from .errors import DesiredError
from .files import Revision, top
from .kind import COMMIT
from .steps import Plan


def bases_of(stack: Stack, plan: Plan) -> Mapping[str, Stack]:
    """Return the stack as it was when each differing resource was last applied; not what nobody can know any more."""
    differing = {s.address: s.live.tags.get(COMMIT, "") for s in plan.steps if s.live and s.live.tags and s.differences}
    before = {sha: _stack(stack.folder, sha) for sha in sorted({sha for sha in differing.values() if sha})}
    return {a: old for a, sha in differing.items() if (old := before.get(sha)) is not None and a in old.resources}


@lru_cache(maxsize=64)
def _stack(folder: str, sha: str) -> Stack | None:
    """A commit never changes, and every round of a run asks again."""
    try:
        return load_stack(Revision(top(folder), sha), folder, sha)
    except (OSError, DesiredError):
        return None
