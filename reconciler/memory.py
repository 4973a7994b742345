"""What a run remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from .steps import Action


@dataclass
class Memory:
    """What a run remembers about an address; none of it outlives the run, and none of it is needed again."""

    made: float = -1.0
    """When it was created; negative: not in this run."""
    lost: bool = False
    absent: int = 0
    made_times: int = 0
    waits_since: float = -1.0
    retry_at: float = 0.0
    tries: int = 0
    fails_since: float = -1.0
    error: str = ""
    """Why it is not tried again."""
    written: dict[str, int] = field(default_factory=dict)
    taken: dict[Action, int] = field(default_factory=dict)
    """How often each action was taken."""
    changed: float = -1.0
    """When it was first changed; negative: not in this run."""
