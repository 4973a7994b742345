"""A recording as our kind has it: what git would say, and what the kind makes of AWS's answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kind import Kind, Live, State, Wanted
from reconciler.kinds import KINDS
from reconciler.kinds.elbv2.actions import Actions
from reconciler.kinds.s3.parts import PARTS
from reconciler.plan import _named
from reconciler.types import Difference, ListOf, SetOf, Struct, Type
from tests.corpus.answers import Values, answered
from tests.corpus.cloudformation import TYPES, field_of, fields
from tests.corpus.recordings import Declared


def told(one: Declared) -> dict[str, Any]:
    """Return what the recording declares, as the ``spec`` of our document; without what it does not show live."""
    kind = KINDS[TYPES[one.type]]
    seen = {name: value for name, value in one.declared.items() if name not in one.blind}
    values = fields(kind, one.type, seen)
    spec = {name: kind.fields[name].type.decode(value) for name, value in values.items()}
    return {name: value for name, value in spec.items() if not nameless(kind.fields[name].type, value)}


def nameless(kind: Type, value: Any) -> bool:
    """Whether something in it has no name though AWS makes one up: git has to name it, and a recording does not."""
    if isinstance(kind, SetOf) and kind.by and any(kind.by not in item for item in value):
        return True
    if isinstance(kind, ListOf):
        return any(nameless(kind.item, item) for item in value)
    inner = value.items() if isinstance(kind, Struct) and isinstance(value, Mapping) else ()
    return any(nameless(kind.inner()[name], part) for name, part in inner if name in kind.inner())


def differences(one: Declared, spec: Mapping[str, Any]) -> list[Difference]:
    """Return where, by our comparison, AWS departs from what git says; tags as a plan compares them."""
    kind = KINDS[TYPES[one.type]]
    live = lived(kind, fields(kind, one.type, one.live))
    tags, name = spec.get("tags", {}), spec.get(kind.named, live.name)
    want = Wanted(f"{kind.name}/it", name, spec, tags)
    want = kind.complete(want, {want.address: want, **beside(want, live)})
    have = live.tags or {}
    lost = (Difference(f"tags.{key}", value, have.get(key)) for key, value in tags.items() if have.get(key) != value)
    return [*_named(kind, want, live), *kind.diff(want, live), *lost]


def lived(kind: Kind, values: Values) -> Live:
    """Return the object that the kind makes of an answer with these values of its fields."""
    raw = answered(kind.name, {name: known.path or name for name, known in kind.fields.items()}, values)
    tags = kind.fields["tags"].type.decode(values["tags"]) if "tags" in values else {}
    return Live(kind.name, "it", kind.decode(raw), name=kind.name_of(raw), state=State.READY, tags=tags, raw=raw)


def changed(one: Declared) -> set[str]:
    """Return the fields that the recording says were changed outside, of those that we manage."""
    kind, spec = KINDS[TYPES[one.type]], told(one)
    found = {field_of(kind, said) for said in one.changed} & spec.keys()
    return {name for name in found if not _same_as_none(kind, name, spec[name])}


def _same_as_none(kind: Kind, name: str, value: Any) -> bool:
    """A bucket without a configuration behaves as if it had S3's own: whoever asked for that one has it."""
    off = PARTS[name].off if kind.name == "Bucket" and name in PARTS else None
    return off is not None and kind.fields[name].type.canon(value) == kind.fields[name].type.canon(off)


def beside(want: Wanted, live: Live) -> dict[str, Wanted]:
    """Return the service whose deployments move a rule's requests, where the recording shows that one did.

    ECS leaves both groups in the rule, one of them with all requests. That it was ECS stands in the stack's service,
    which the recording of a rule does not hold.
    """
    name = next((n for n in ("actions", "defaultActions") if n in want.spec), "")
    for action in Actions().canon(live.spec.get(name) or ()) if name else ():
        groups = action.get("forwardConfig", {}).get("targetGroups", ())
        if len(groups) == 2 and sorted(group["weight"] for group in groups) == [0, 100]:
            one, other = (group["targetGroupArn"] for group in groups)
            advanced = {"alternateTargetGroupArn": other, "productionListenerRule": live.id}
            spec = {"loadBalancers": [{"targetGroupArn": one, "advancedConfiguration": advanced}]}
            return {"ECSService/it": Wanted("ECSService/it", "it", spec, {})}
    return {}


def altered(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the value with one of its leaves changed, for each leaf, with the way to it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from ((f".{name}{path}", {**value, name: other}) for path, other in altered(inner))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from ((f"[{i}]{path}", [*value[:i], other, *value[i + 1 :]]) for path, other in altered(inner))
    elif isinstance(value, bool):
        yield "", not value
    elif isinstance(value, (int, float)):
        yield "", value + 1000
    elif isinstance(value, str):
        yield "", _other(value)


def _other(text: str) -> str:
    """Return a text of the same sort that means something else: its last digit counts, whatever it is about."""
    places = [i for i, char in enumerate(text) if char in "0123456789"]
    if not places:
        return f"{text}x"
    last = places[-1]
    return f"{text[:last]}{(int(text[last]) + 1) % 10}{text[last + 1 :]}"
