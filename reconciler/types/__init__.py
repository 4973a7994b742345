"""What the value of a field may be: its JSON Schema, its form in requests, and when two values are the same.

Both sides are brought to one canonical form and only then compared, and only what git declares is compared: a key
that a structure does not mention is not managed.
"""

from __future__ import annotations

from .containers import ListOf, MapOf, SetOf, Struct
from .documents import Document, WriteOnly
from .moments import Moment
from .scalars import AtLeast, Cidr, Difference, Flag, Integer, Number, Ref, Schema, Text, Type, Version

__all__ = [
    "AtLeast", "Cidr", "Difference", "Document", "Flag", "Integer", "ListOf", "MapOf", "Moment", "Number", "Ref", "Schema", "SetOf",
    "Struct", "Text", "Type", "Version", "WriteOnly",
]  # fmt: skip
