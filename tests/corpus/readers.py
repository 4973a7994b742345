"""Drives our readers with recorded answers, through the same translation as the door's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from reconciler.aws import Aws
from reconciler.calls import Call, Program
from reconciler.kind import Ask, Kind, Live, Tags
from reconciler.kinds import KINDS
from tests.corpus.recordings import Response
from tests.meta.wire import ARN, answer, everything, model

MOST = 400
"""Calls that one program makes at most: a recording is small."""
MARKERS = frozenset({"marker", "nextMarker", "nextToken"})
LIKELY: Mapping[str, Any] = {
    "deletedDate": None, "keySpec": "SYMMETRIC_DEFAULT", "lifecyclePolicyText": "{}", "revisions": [],
    "secretVersionsToStages": {"1": ["AWSCURRENT"]},
}  # fmt: skip
"""What a sample has instead of just anything, so that a reader goes on."""


class Everything(Ask):
    """Whoever asks for all there is, whosever it may be."""

    def concerns(self, key: str, arn: str, tags: Tags | None) -> bool:
        del key, arn, tags
        return True


class Index(dict[str, Tags]):
    """A tag index that knows every ARN."""

    def __contains__(self, _arn: object) -> bool:
        return True


@dataclass
class Recorded:
    """A client that answers as recorded, whatever it is asked."""

    meta: Any
    response: Response

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, _method: str) -> Any:
        def call(**_params: Any) -> Any:
            if self.response.refused:
                raise ClientError(dict(self.response.data), self.response.operation)
            return self.response.data

        return call


@dataclass
class Reader:
    """Answers programs: the recorded operation by its recording, through the door; any other by a sample."""

    response: Response
    used: Call | None = None
    """The call that the recording was the answer to."""

    def run(self, program: Program[Any]) -> Any:
        """Drive a program to its end, and return what it learnt."""
        told = None
        try:
            for _ in range(MOST):
                told = self.perform(program.send(told))
        except StopIteration as end:
            return end.value
        raise AssertionError("the program does not end")

    def perform(self, call: Call) -> Any:
        """Answer one call."""
        if MARKERS & call.params.keys():
            return {}
        if (call.service, call.operation) != (self.response.service, self.response.operation):
            return sample(call)
        self.used = call
        return through_the_door(call, self.response)


def through_the_door(call: Call, response: Response) -> Any:
    """Return what a kind gets of a recorded answer. Raises what the door makes of a refusal."""
    door = Aws("us-east-1")
    meta = type("Meta", (), {"service_model": model(call.service)})()
    door._client = lambda *_args, **_more: Recorded(meta, response)  # type: ignore[method-assign]
    return door.perform(call, "token")


def sample(call: Call) -> Any:
    """Return some answer to a call, on its last page."""
    told = answer(model(call.service).operation_model(call.operation).output_shape) or {}
    return _likely(told)


def _likely(told: Any) -> Any:
    if isinstance(told, Mapping):
        return {name: LIKELY[name] if name in LIKELY else _likely(inner) for name, inner in told.items()}
    return [_likely(inner) for inner in told] if isinstance(told, list) else told


def ask(kind: Kind) -> Ask:
    """Ask for every object of a kind, with all of its fields."""
    want, live = everything(kind)
    others = {name: [everything(KINDS[name])[1]] for name in kind.after}
    arn = f"arn:aws:service:us-east-1:123456789012{kind.arn_like}it" if kind.arn_like else ARN
    return Everything(
        "sample", "123456789012", "us-east-1", frozenset({kind.key(want), live.key}), frozenset(kind.fields),
        Index({arn: {}}), world=lambda name: others.get(name, []),
    )  # fmt: skip


def programs(kind: Kind) -> Iterator[tuple[str, Program[Any]]]:
    """Everything that a kind asks AWS about an object, and its creation and deletion, which AWS may refuse."""
    want, live = everything(kind)
    live = replace(live, raw={**LIKELY, **live.raw})
    yield "read", kind.read(ask(kind))
    yield "inspect", kind.inspect(live)
    yield "holders", kind.holders(live)
    if kind.service.ask_tags is not None:
        yield "tags", kind.service.ask_tags(ARN)
    yield "create", kind.create(want)
    yield "delete", kind.delete(live)


def readers(response: Response) -> Iterator[tuple[Kind, str]]:
    """Yield which kinds use the recorded operation, and in which program."""
    for kind in KINDS.values():
        for what, program in programs(kind) if kind.service.name == response.service else ():
            if any((c.service, c.operation) == (response.service, response.operation) for c in _sampled(program)):
                yield kind, what


def _sampled(program: Program[Any]) -> Iterator[Call]:
    """Yield every call of a program that is answered with samples; where a sample makes no sense, it ends."""
    told = None
    for _ in range(MOST):
        try:
            call = program.send(told)
        except (StopIteration, LookupError, ValueError, TypeError, AttributeError):
            return
        yield call
        told = {} if MARKERS & call.params.keys() else sample(call)


def program(kind: Kind, what: str) -> Program[Any]:
    """Return one of the kind's programs, at its beginning."""
    return dict(programs(kind))[what]


def lives(found: Any) -> list[Live]:
    """Return the objects that a program found; a reader of something else finds none."""
    return [one for one in found if isinstance(one, Live)] if isinstance(found, list) else []
