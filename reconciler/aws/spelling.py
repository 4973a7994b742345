"""Between the program's one spelling (lowerCamelCase) and botocore's own, by botocore's model of each shape."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_CAPITALS = re.compile(r"^[A-Z]+")


@cache
def lower_camel(name: str) -> str:
    """``DBInstanceClass`` → ``dbInstanceClass``, ``VpcId`` → ``vpcId``, ``ARN`` → ``arn``, ``VPCs`` → ``vpcs``."""
    found = _CAPITALS.match(name)
    if not found:
        return name
    run, rest = found[0], name[found.end() :]
    if len(run) == 1 or not rest or not rest[0].islower() or rest == "s":
        return run.lower() + rest
    return run[:-1].lower() + run[-1] + rest


class Spelling:
    """Translates values of botocore shapes; keeps a table per shape."""

    def __init__(self) -> None:
        """Start with no tables: each is made when first needed."""
        self._tables: dict[int, tuple[Any, dict[str, str]]] = {}

    def table(self, shape: Any) -> dict[str, str]:
        """Return the wire names of a structure's members, by our names."""
        members = shape.members
        if id(members) not in self._tables:
            # Kept beside its table, so that no other structure is ever given the same identity.
            self._tables[id(members)] = members, {lower_camel(name): name for name in members}
        return self._tables[id(members)][1]

    def to_wire(self, shape: Any, value: Any, path: str = "") -> Any:
        """Return the value as a request has it. Raises KeyError with the path of a name that AWS does not know."""
        kind = shape.type_name if shape is not None else ""
        if kind == "structure" and isinstance(value, dict):
            table = self.table(shape)
            unknown = next((k for k in value if k not in table), None)
            if unknown is not None:
                raise KeyError(f"{path}{unknown}")
            return {
                table[k]: self.to_wire(shape.members[table[k]], v, f"{path}{k}.")
                for k, v in value.items()
                if v is not None
            }
        if kind == "list" and isinstance(value, (list, tuple)):
            return [self.to_wire(shape.member, v, f"{path.removesuffix('.')}[].") for v in value]
        if kind == "map" and isinstance(value, dict):
            return {k: self.to_wire(shape.value, v, f"{path}{k}.") for k, v in value.items()}
        return value

    def from_wire(self, shape: Any, value: Any) -> Any:
        """Return the value of a response in our spelling."""
        kind = shape.type_name if shape is not None else ""
        if kind == "structure" and isinstance(value, dict):
            members = shape.members
            return {lower_camel(k): self.from_wire(members[k], v) for k, v in value.items() if k in members}
        if kind == "list" and isinstance(value, list):
            return [self.from_wire(shape.member, v) for v in value]
        if kind == "map" and isinstance(value, dict):
            return {k: self.from_wire(shape.value, v) for k, v in value.items()}
        return value
