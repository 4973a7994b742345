"""What git wants, with every reference that can be resolved put in its place. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from .desired.model import Resource, Stack
from .kind import ADDRESS, COMMIT, DELETION, SEALS, STACK, Kind, Live, Wanted
from .resolve import Resolver
from .types import MapOf, WriteOnly

TAGS = MapOf()
SUFFIX = 7
"""Characters of what makes a second name: a hyphen and six hexadecimal digits."""


def wants_of(stack: Stack, resolver: Resolver) -> dict[str, Wanted]:
    """Return every resource as it should be, by address."""
    plain = {a: _wanted(r, stack, resolver) for a, r in stack.resources.items()}
    return {a: stack.resources[a].kind.complete(w, plain) for a, w in plain.items()}


def _wanted(resource: Resource, stack: Stack, resolver: Resolver) -> Wanted:
    kind = resource.kind
    ignored = {i.field for i in resource.lifecycle.ignore}
    spec = {n: resolver.value(v) for n, v in resource.spec.items()}
    spec |= {n: f.implied for n, f in kind.fields.items() if f.implied is not None}
    name = spec.get(kind.named) if kind.named else None
    name = name if isinstance(name, str) else f"{stack.prefix}{resource.name}{stack.suffix}"
    told = {**stack.tags, **TAGS.canon(spec.get("tags", {}))} if "tags" in kind.fields else {}
    tags = {**({"Name": name} if kind.name_tag else {}), **told}
    tags |= {STACK: stack.name, ADDRESS: resource.address}
    tags |= {COMMIT: stack.revision} if stack.revision else {}
    tags |= {DELETION: resource.lifecycle.deletion} if resource.lifecycle.deletion else {}
    seals = [
        kind.fields[n].type.canon(v)
        for n, v in spec.items()
        if n in kind.fields and isinstance(kind.fields[n].type, WriteOnly)
    ]
    tags |= {SEALS: seals[0]} if seals and isinstance(seals[0], str) else {}
    content = json.dumps([stack.name, resource.address, {k: str(v) for k, v in sorted(spec.items())}], sort_keys=True)
    spec = {n: v for n, v in spec.items() if n not in ignored}
    return Wanted(resource.address, name, spec, tags, hashlib.sha256(content.encode()).hexdigest()[:32], stack.region)


def derived(kind: Kind, want: Wanted, old: Live | None) -> str:
    """Return the name of a replacement that stands beside the old object: another one only if the old has it."""
    same = spelling(kind)
    if old is None or not kind.named or not same(old.name).startswith(same(want.name[: kind.name_limit - SUFFIX])):
        return want.name
    told = hashlib.sha256(f"{want.address}{old.id}".encode()).hexdigest()
    return f"{want.name[: kind.name_limit - SUFFIX]}-{told[: SUFFIX - 1]}"


def spelling(kind: Kind) -> Callable[[str], str]:
    """Return what brings a name to the one form that all its spellings in AWS have."""
    return kind.fields[kind.named].type.canon if kind.named in kind.fields else str
