"""Whether what exists does its work, and why not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .errors import AwsError
from .observe import Reader
from .steps import Action, Plan, Step

WORKERS = 8


def examine(plan: Plan, aws: Reader) -> dict[str, str]:
    """Return, by address, why an object is not well; an empty text if it is. What does not exist is not in it."""
    there = [s for s in plan.steps if s.live is not None and s.action not in (Action.REFUSED, Action.UNKNOWN)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(zip((s.address for s in there), pool.map(lambda s: _of(s, aws), there), strict=True))


def _of(step: Step, aws: Reader) -> str:
    assert step.live is not None  # noqa: S101 — only what exists is examined
    try:
        return aws.run(step.kind.inspect(step.live))
    except AwsError as error:
        return f"unknown: {error}"
