"""What a resource kind is: typed fields with AWS's own names, one read, one create, writers, one delete.

There is one spelling inside the program: the AWS API's names in lowerCamelCase, in requests and in responses
alike. The door (``aws``) turns them into the wire's spelling with botocore's model, so that nothing here or in
``kinds/`` knows about it. A kind *describes* calls as values; it never talks to AWS. What takes several calls is a
generator that yields calls and is sent their answers; an answer is ``None`` if the object does not exist.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .calls import Call, Calls, Program, Raw, Tags, at, pairs, unpairs
from .conventions import Api, Service
from .fields import Field, field, fixed, later
from .objects import (
    ADDRESS,
    COMMIT,
    DELETION,
    IMPLIED,
    REPLACES,
    SEALS,
    STACK,
    Ask,
    Finding,
    Live,
    Sight,
    State,
    Wanted,
    written,
)
from .reading import Reading
from .traits import writes
from .types import Difference

__all__ = [
    "ADDRESS", "COMMIT", "DELETION", "IMPLIED", "REPLACES", "SEALS", "STACK",
    "Api", "Ask", "Call", "Calls", "Field", "Finding", "Kind", "Live", "Program", "Raw", "Service", "Sight", "State",
    "Tags", "Wanted", "at", "field", "fixed", "later", "pairs", "unpairs", "writes", "written",
]  # fmt: skip


class Kind(Reading):
    """Base of every kind. Its methods serve the regular kinds; override what differs."""

    # What a plan and a report may ask of a kind.

    def changes_in_place(self, path: str) -> bool:
        """Whether a field, or the part of one that a path leads to, can change without replacing the object."""
        name = path.partition(".")[0].partition("[")[0]
        if path in self.frozen:
            return False
        known = self.fields.get(name)
        return name in self.writers or name == "tags" or (bool(self.api.update) and known is not None and known.update)

    def can_follow(self, difference: Difference) -> bool:
        """Whether this change can be made without replacing the object."""
        return self.changes_in_place(difference.path)

    def key(self, want: Wanted) -> str:
        """What identifies the wanted object among all that exist; empty if only its tags do."""
        return want.name if self.named else ""

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """Take into account what other resources of the stack (by address) say about this one."""
        del siblings
        return want

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """Addresses that must be settled first although no reference says so."""
        del want, siblings
        return ()

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield (path, message) for what a schema cannot say. References are still unresolved."""
        del spec
        yield from ()

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """Yield (name, path, message) for what is wrong between resources of this kind, by name."""
        del specs
        yield from ()

    def check_between(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
        """Yield (path, message) for what is wrong between it and others of its stack, by address. As in ``check``."""
        del want, siblings
        yield from ()

    def stands_beside(self, want: Wanted, live: Live) -> bool:
        """Whether this replacement can stand beside the old object until everything points to it."""
        del want, live
        return self.coexists

    def patience(self, want: Wanted) -> int:
        """Return for how many seconds it may be on its way to what is wanted before it has failed."""
        del want
        return self.deadline

    def protected(self, live: Live) -> str:
        """Return why AWS would refuse to delete it, in words that say what to do; empty if it would not."""
        del live
        return ""

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Yield the managed fields whose values differ, with paths below ``spec``."""
        for name, value in want.spec.items():
            if name in self.fields and name != "tags" and self.fields[name].compared:
                yield from self.fields[name].type.diff(name, value, live.spec.get(name))

    def given_up(self, want: Wanted, live: Live) -> str:
        """Return why AWS gave up what is wanted, so that asking for it again is no use; empty if it did not."""
        del want, live
        return ""

    def health(self, live: Live) -> str:
        """Return why an object that is there does not do its work; empty if it does."""
        return live.reason if live.state in (State.FAILED, State.PENDING) else ""

    def inspect(self, live: Live) -> Program[str]:
        """Find out, with further calls, what ``health`` cannot know; only ``status`` asks."""
        yield from ()
        return self.health(live)

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """Yield what ``status`` finds out, each by itself: where AWS refuses one, the others still tell."""
        del sight
        yield self._inspected(live)

    def _inspected(self, live: Live) -> Program[Finding]:
        said = yield from self.inspect(live)
        return Finding(ill=(said,) if said else ())

    def setback(self, live: Live, minutes: int) -> Program[str]:
        """Find out why a change that AWS took in the last minutes came to nothing; empty if it does not say."""
        del live, minutes
        yield from ()
        return ""

    def note(self, want: Wanted, live: Live) -> str:
        """Return what is worth telling of an object that is well, and before it changes; empty if nothing is."""
        del want, live
        return ""

    def unmanaged(self, live: Live) -> Iterable[str]:
        """Name the children of an object of ours that nobody declared."""
        del live
        return ()

    # Writing.

    def encode(self, want: Wanted, names: Iterable[str]) -> dict[str, Any]:
        """Return those of the fields that are managed, as AWS wants them."""
        return {name: self.fields[name].type.encode(value) for name, value in want.only(names).items()}

    def create(self, want: Wanted) -> Calls:
        """Bring the object into existence, tagged; writers make the rest right."""
        names = [n for n, f in self.fields.items() if f.create and n not in ("tags", self.named)]
        named = {self.named: want.name} if self.named else {}
        tags = self.service.create_tags(self.api.tag_type, want.tags)
        yield self.call(self.api.create, token=self.api.token, **{**named, **self.encode(want, names), **tags})

    def write(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Bring the changed top-level fields to their wanted values, and nothing else."""
        regular = [n for n in changed if n not in self.writers and n != "tags"]
        if regular:
            yield from self.update(want, live, regular)
        for writer in dict.fromkeys(self.writers[n] for n in changed if n in self.writers):
            yield from writer(self, want, live)

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Send the changed regular fields in the kind's one update call."""
        yield self.call(self.api.update, **{self.api.id: live.id}, **self.encode(want, changed))

    def tag(self, live: Live, tags: Tags) -> Calls:
        """Set these tags."""
        told = self.service.tag(live, tags)
        if isinstance(told, Generator):
            yield from told
        else:
            # A plain list cannot be sent the answers.
            yield from (call for call in told)

    def restore(self, live: Live) -> Calls:
        """Bring a deleted object back, where AWS can."""
        del live
        yield from ()

    def delete(self, live: Live) -> Calls:
        """Delete the object. That it is gone already is success."""
        yield self.call(self.api.delete, missing=self.api.missing, **{self.api.id: live.id})

    def holders(self, live: Live) -> Program[Mapping[str, bool]]:
        """Find out, when AWS refuses to delete it, who needs it; and whether they let go of it by themselves."""
        del live
        yield from ()
        return {}
