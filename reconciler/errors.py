"""What can go wrong, named by what happens next.

ReconcilerError
├── DesiredError         the YAML is wrong: fix it; nothing was read from AWS
├── Refused              a guard said no: nothing was written
├── Interrupted          somebody asked us to stop: the next run finishes the work
└── AwsError             AWS said no, or said nothing
    ├── Retry            throttled, or AWS is unwell: the same call may work later
    ├── Wait             the world is not ready for this call yet: look again, then decide
    └── Stop             the same call will fail again
        ├── Denied       a permission is missing
        ├── Quota        a limit of the account is reached
        └── Rejected     AWS does not accept what was asked
"""

from __future__ import annotations

from dataclasses import dataclass


class ReconcilerError(Exception):
    """Base of every error that this program raises on purpose."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in the desired state: where (1-based line and column), what, and the way out."""

    file: str
    line: int
    column: int
    subject: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}  {self.subject + ' ' if self.subject else ''}{self.message}"


class DesiredError(ReconcilerError):
    """Everything that is wrong with the desired state, each fault once."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems in the order in which a reader meets them."""
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Refused(ReconcilerError):
    """A guard stands in the way of the whole run."""


class Interrupted(ReconcilerError):
    """A signal asked the run to end; what was begun is finished, nothing new was started."""


class AwsError(ReconcilerError):
    """A call to AWS that did not succeed. ``advice`` is what the user can do about it."""

    def __init__(self, call: str, code: str, message: str, request_id: str = "", advice: str = "") -> None:
        """Describe the failed ``call`` (``service:Operation``) in AWS's own words."""
        self.call, self.code, self.message, self.request_id, self.advice = call, code, message, request_id, advice
        said = f"{call} failed: {code}: {message}"
        super().__init__(said + (f" (request {request_id})" if request_id else "") + (f". {advice}" if advice else ""))


class Retry(AwsError):
    """Throttled, unavailable, or the answer was lost; ``lost``: AWS may have done it all the same."""

    lost = False


class Wait(AwsError):
    """Another object must change first; ``identity``: who may do what has to be known everywhere first."""

    identity = False


class Stop(AwsError):
    """Sending the same call again would fail again."""


class Denied(Stop):
    """The caller lacks a permission."""


class Quota(Stop):
    """A limit of the account is reached."""


class Rejected(Stop):
    """AWS does not accept the request."""
