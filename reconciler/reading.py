"""From AWS's answers to live objects, in as few calls as AWS allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .calls import Program, Raw, Tags, at
from .objects import Ask, Live, State
from .traits import Traits


class Reading(Traits):
    """How objects of a kind are found and understood. It serves the regular kinds; override what differs."""

    def read(self, ask: Ask) -> Program[list[Live]]:
        """Read every object of this kind that could concern us, in as few calls as AWS allows."""
        found = []
        for raw in (yield from self.listing(ask)):
            if self.state(raw) is None:
                continue
            tags = self.service.read_tags(raw)
            if not ask.concerns(self.key_of(raw), self.arn_of(raw, ask), tags):
                continue
            more = yield from self.details(raw, ask)
            if more is not None:
                found.append((yield from self.live({**raw, **more}, ask)))
        return found

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Every object of the kind, as the listing shows it."""
        del ask
        answer = yield self.call(self.api.read, **self.api.params)
        return answer[self.api.items] if answer else ()

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """What the listing left out. None: the object is not there after all."""
        del raw, ask
        yield from ()
        return {}

    def live(self, raw: Raw, ask: Ask) -> Program[Live]:
        """Turn a complete answer into a live object, tags included."""
        arn = self.arn_of(raw, ask)
        tags = self.service.read_tags(raw)
        if tags is None:
            tags = yield from self.tags_of(arn, ask)
        state = self.state(raw) or State.READY
        return Live(
            self.name, raw[self.api.id], self.decode(raw), arn, self.name_of(raw), self.key_of(raw),
            raw[self.api.ref or self.api.id], state, self.reason(raw), tags, raw,
        )  # fmt: skip

    def tags_of(self, arn: str, ask: Ask) -> Program[Tags | None]:
        """Believe the index where it has the object; ask the object itself where it has not."""
        if (arn in ask.index and arn not in ask.doubted) or self.service.ask_tags is None:
            return ask.index.get(arn, {})
        return (yield from self.service.ask_tags(arn))

    def key_of(self, raw: Raw) -> str:
        """Return the ``key`` of an object that exists."""
        return self.name_of(raw)

    def name_of(self, raw: Raw) -> str:
        """Return the name of an object that exists; empty where AWS makes up the identity."""
        return str(raw.get(self.named, "")) if self.named else ""

    def arn_of(self, raw: Raw, ask: Ask) -> str:
        """Return the ARN, as the tag index spells it."""
        del ask
        return str(raw.get(self.api.arn, "")) if self.api.arn else ""

    def state(self, raw: Raw) -> State | None:
        """Return what the object is doing; None if it is a mere tombstone."""
        api = self.api
        if not api.status:
            return State.READY
        now = at(raw, api.status)
        if now in api.gone:
            return None
        table = ((State.READY, api.ready), (State.FAILED, api.failed), (State.LEAVING, api.leaving))
        return next((state for state, names in table if now in names), State.PENDING)

    def reason(self, raw: Raw) -> str:
        """Return what AWS says about its state."""
        return str(at(raw, self.api.status) or "") if self.api.status else ""

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Return the response as field values."""
        found = {name: at(raw, f.path or name) for name, f in self.fields.items() if name != "tags"}
        return {name: self.fields[name].type.decode(value) for name, value in found.items() if value is not None}
