"""What a step asks of AWS, as one program of calls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from .errors import AwsError, Rejected, Wait
from .kind import COMMIT, REPLACES, SEALS, Call, Calls, Live, Program, Tags, Wanted, written
from .steps import Action, Step
from .values import leaves
from .wants import derived

T = TypeVar("T")


class Performer(Protocol):
    """What performing needs of the door to AWS."""

    def run(self, program: Program[T], token: str = "") -> T:
        """Drive a program of calls."""


@dataclass(frozen=True)
class Performed:
    """What a step did."""

    calls: tuple[str, ...]
    born: frozenset[str]
    """ARNs of what was made, as AWS answered: its tag index will know them only later."""
    tags: Tags
    """The tags that these were born with."""


def perform(step: Step, aws: Performer, incarnation: str) -> Performed:
    """Take the step and say what was done. Raises AwsError.

    ``incarnation`` tells this object from an equal one of another time: AWS answers a token that it has seen with
    what it made then, even if that is gone.
    """
    called: dict[str, None] = {}
    born: set[str] = set()

    def noted(steps: Calls) -> Calls:
        answer = None
        try:
            while True:
                call: Call = steps.send(answer)
                called[str(call)] = None
                answer = yield call
                born.update(leaf for leaf in leaves(answer) if isinstance(leaf, str) and _made(leaf, step, call))
        except StopIteration:
            return

    if step.want:
        token = hashlib.sha256(f"{step.want.token}{incarnation}".encode()).hexdigest()[:32]
        step = replace(step, want=replace(step.want, token=token))
    try:
        aws.run(noted(program(step)), step.want.token if step.want else "")
    except Wait as refusal:
        raise held(step, aws, refusal) from None
    replaces = {REPLACES: step.live.id} if step.action is Action.REPLACE and step.live else {}
    return Performed(tuple(called), frozenset(born), {**(step.want.tags if step.want else {}), **replaces})


def held(step: Step, aws: Performer, refusal: Wait) -> AwsError:
    """Return a refused deletion with the names of those who need the object; it is final if they are not ours."""
    if step.action is not Action.DELETE or step.live is None:
        return refusal
    try:
        holders = aws.run(step.kind.holders(step.live))
    except AwsError:
        return refusal
    theirs = [name for name, passes in holders.items() if not passes]
    told = refusal.call, refusal.code
    if theirs:
        said = f"{step.live.id} is held by {', '.join(theirs)}"
        return Rejected(*told, said, refusal.request_id, "They are not this stack's: take it from them, then run again")
    return Wait(*told, f"{step.live.id} is held by {', '.join(holders)}", refusal.request_id) if holders else refusal


def _made(leaf: str, step: Step, call: Call) -> bool:
    creates = step.action in (Action.CREATE, Action.REPLACE) and call.writes
    return creates and bool(step.kind.arn_like) and leaf.startswith("arn:") and step.kind.arn_like in leaf


def program(step: Step) -> Calls:
    """Return the calls that a step makes."""
    kind, want, live = step.kind, step.want, step.live
    if step.action is Action.CREATE and want:
        yield from kind.create(want)
    elif step.action is Action.REPLACE and want and live:
        yield from kind.create(beside(step, want, live)) if step.beside else kind.delete(live)
    elif step.action is Action.RESTORE and live:
        yield from kind.restore(live)
    elif step.action is Action.DELETE and live:
        yield from kind.delete(live)
    elif step.action is Action.ADOPT and want and live:
        # Not the fingerprint of secrets: nobody has set ours there yet.
        yield from kind.tag(live, {k: v for k, v in want.tags.items() if k.startswith("reconciler:") and k != SEALS})
    elif step.action is Action.UPDATE and want and live:
        yield from updated(step, want, live)


def beside(step: Step, want: Wanted, live: Live) -> Wanted:
    """Return the replacement as one that can stand beside the old object."""
    name = derived(step.kind, want, live)
    spec = {**want.spec, step.kind.named: name} if step.kind.named in want.spec else want.spec
    return replace(want, name=name, spec=spec, tags={**want.tags, REPLACES: live.id})


def updated(step: Step, want: Wanted, live: Live) -> Calls:
    """Write the fields that differ, then, if AWS allows, the tags: whose commit they name is what was applied."""
    fields = [f for f in step.fields if f != "tags"]
    tags = stale(want, live)
    if tags and step.kind.tags_first:
        yield from step.kind.tag(live, tags)
    if fields:
        yield from step.kind.write(want, live, fields)
    if fields and step.kind.renews:
        return  # The revision that was just made was born with its tags.
    if tags and not step.kind.tags_first:
        yield from step.kind.tag(live, tags)


def stale(want: Wanted, live: Live) -> Tags:
    """Return the tags that are to be set: those that differ, and the commit of what was just written."""
    have = written(live.tags)
    unversioned = {COMMIT: ""} if have.get(COMMIT) and COMMIT not in want.tags else {}
    return {k: v for k, v in {**want.tags, **unversioned}.items() if have.get(k) != v}


def operations(step: Step) -> tuple[str, ...]:
    """Return the operations that a step would call, without calling them."""
    found: dict[str, None] = {}
    answer: Any = None
    steps = program(step)
    try:
        while True:
            found[str(steps.send(answer))] = None
            answer = {}
    except StopIteration:
        return tuple(found)
