"""Reads what AWS has of a stack: few calls, kinds side by side, and an honest "unknown" where a read fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from .desired.model import Stack
from .errors import AwsError, Retry
from .kind import COMMIT, STACK, Ask, Call, Kind, Live, Program, State, Tags, Wanted, unpairs
from .overlay import overlaid
from .resolve import Resolver, World
from .wants import derived, wants_of

T = TypeVar("T")
INDEX = "(tag index)"
"""What stands in ``World.unknown`` where the tag index could not be read."""
GLOBAL = "us-east-1"
"""Where the tag index has what belongs to no region."""


class Reader(Protocol):
    """What observation needs of the door to AWS."""

    def run(self, program: Program[T], token: str = "") -> T:
        """Drive a program of calls."""


def index_of(stack: Stack) -> Program[dict[str, Tags]]:
    """Read AWS's tag index: tags by ARN of all that the stack owns. It lags behind, so it only says where to look."""
    found: dict[str, Tags] = {}
    filters = [{"key": STACK, "values": [stack.name]}]
    for region in dict.fromkeys((stack.region, GLOBAL)):
        answer = yield Call("resourcegroupstaggingapi", "GetResources", {"tagFilters": filters}, region=region)
        listed = (answer or {}).get("resourceTagMappingList", ())
        found |= {item["resourceARN"]: unpairs(item["tags"]) for item in listed}
    return found


@dataclass(frozen=True)
class Observer:
    """One stack in one account, seen through one door."""

    stack: Stack
    kinds: Mapping[str, Kind]
    account: str
    aws: Reader
    pool: Executor
    doubted: frozenset[str] = frozenset()
    """ARNs that this run wrote to: the tag index lags behind."""

    def look(
        self, before: World | None, only: frozenset[str], born: Mapping[str, Tags], *, index: bool = False
    ) -> World:
        """Return the world of the stack; with ``only``, that of ``before`` with these kinds read again.

        ``born``: tags by ARN of what was just made, which the tag index may not know yet; ``index``: ask it again.
        """
        world = before or World(kinds=self.kinds)
        unknown = {k: v for k, v in world.unknown.items() if only and k not in only}
        world = replace(world, unknown=unknown, unwell=world.unwell & unknown.keys())
        world = self._indexed(world) if index or not only else world
        world = replace(world, index={**born, **world.index})
        for stage in stages(self._chosen(world, only)):
            world = self._stage(world, stage)
        return world

    def _indexed(self, world: World) -> World:
        try:
            index = self.aws.run(index_of(self.stack))
            unknown = {k: v for k, v in world.unknown.items() if k != INDEX}
            return replace(world, index=index, unknown=unknown, unwell=world.unwell - {INDEX})
        except AwsError as error:
            return unread(world, INDEX, error)

    def _chosen(self, world: World, only: frozenset[str]) -> Mapping[str, Kind]:
        if only:
            return {n: k for n, k in self.kinds.items() if n in only}
        wanted = {r.kind.name for r in self.stack.resources.values()}
        return {n: k for n, k in self.kinds.items() if n in wanted or concerned(k, world.index)}

    def _stage(self, world: World, stage: Iterable[Kind]) -> World:
        wants = wants_of(self.stack, Resolver(world))
        veiled = {k.name: behind for k in stage if (behind := veil(k, world))}
        world = veil_all(world, veiled)
        seen = [k for k in stage if k.name not in veiled]
        reads = {k.name: self.pool.submit(self._read, k, self._ask(k, wants, world), wants) for k in seen}
        for name, future in reads.items():
            try:
                world = merged(world, name, future.result(), self.stack.name)
            except AwsError as error:
                world = unread(world, name, error)
        return world

    def _ask(self, kind: Kind, wants: Mapping[str, Wanted], world: World) -> Ask:
        mine = [w for w in wants.values() if w.address.startswith(f"{kind.name}/")]
        beside = [replace(w, name=derived(kind, w, live)) for w in mine for live in world.lives.get(w.address, ())]
        seen = [live.key for lives in world.lives.values() for live in lives if live.kind == kind.name]
        keys = frozenset(k for k in (*map(kind.key, mine), *map(kind.key, beside), *seen) if k)
        fields = frozenset(n for w in mine for n in w.spec)

        def others(name: str) -> tuple[Live, ...]:
            return tuple(live for lives in world.lives.values() for live in lives if live.kind == name)

        shared = frozenset(kind.key(w) for w in mine if self.stack.resources[w.address].lifecycle.ignore)
        return Ask(
            self.stack.name, self.account, self.stack.region, keys, fields, world.index, self.doubted, shared, others
        )

    def _read(self, kind: Kind, asked: Ask, wants: Mapping[str, Wanted]) -> list[Live]:
        found = [self._certain(kind, live, wants.get(live.address)) for live in self.aws.run(kind.read(asked))]
        return [self._shared(live) for live in found]

    def _shared(self, live: Live) -> Live:
        """What somebody else owns is what is in use, not what was written down last."""
        resource = self.stack.resources.get(live.address)
        spec = dict(live.spec)
        for ignore in resource.lifecycle.ignore if resource and live.used is not None else ():
            spec = overlaid(spec, live.used, ignore.field)
        return replace(live, spec=spec)

    def _certain(self, kind: Kind, live: Live, want: Wanted | None) -> Live:
        """Believe the tag index where it agrees with git; where it does not, let the object itself speak."""
        ask = kind.service.ask_tags
        if ask is None or not live.arn or STACK not in (live.tags or {}):
            return live
        if want is not None and all((live.tags or {}).get(k) == v for k, v in want.tags.items() if k != COMMIT):
            return live
        if kind.tags_first and live.state is not State.READY:
            return live
        return replace(live, tags=self.aws.run(ask(live.arn)))


def veil(kind: Kind, world: World) -> str:
    """Return what could not be read without which the kind cannot be found; empty if it can."""
    # What AWS lists without tags is found by the tag index, unless its name finds it.
    needs = (*kind.after, *((INDEX,) if kind.duplicable and kind.service.ask_tags else ()))
    return next((name for name in needs if name in world.unknown), "")


def veil_all(world: World, veiled: Mapping[str, str]) -> World:
    """Return the world in which these kinds cannot be seen because of what their name leads to."""
    told = {kind: f"{behind} could not be read, and is needed to find it" for kind, behind in veiled.items()}
    unwell = world.unwell | {kind for kind, behind in veiled.items() if behind in world.unwell}
    return replace(world, unknown={**world.unknown, **told}, unwell=unwell)


def unread(world: World, name: str, error: AwsError) -> World:
    """Return the world in which this could not be read."""
    unwell = world.unwell | {name} if isinstance(error, Retry) else world.unwell
    return replace(world, unknown={**world.unknown, name: str(error)}, unwell=unwell)


def concerned(kind: Kind, index: Mapping[str, Tags]) -> bool:
    """Whether there may be objects of the stack of a kind that git does not name."""
    return not kind.arn_like or any(kind.arn_like in arn for arn in index)


def merged(world: World, kind: str, found: Iterable[Live], stack: str) -> World:
    """Return the world with these objects instead of all it had of the kind."""
    lives = {a: tuple(live for live in ls if live.kind != kind) for a, ls in world.lives.items()}
    foreign: dict[str, Live] = {}
    for live in found:
        if (live.tags or {}).get(STACK) == stack and live.address:
            lives[live.address] = (*lives.get(live.address, ()), live)
        elif live.key:
            foreign[live.key] = live
    return replace(world, lives={a: ls for a, ls in lives.items() if ls}, foreign={**world.foreign, kind: foreign})


def stages(kinds: Mapping[str, Kind]) -> Iterator[list[Kind]]:
    """Yield the kinds in groups that can be read side by side, each after what it needs."""
    left = dict(kinds)
    while left:
        stage = [k for k in left.values() if not set(k.after) & left.keys()]
        yield stage
        left = {n: k for n, k in left.items() if k not in stage}
