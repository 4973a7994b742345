"""What is constant about a kind, as data: how AWS treats its objects, and the tables of its fields and writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .calls import Call, Calls
from .conventions import Api, Service
from .fields import Field
from .objects import Live, Wanted

Writer = Callable[[Any, Wanted, Live], Calls]


def writes(*names: str) -> Callable[[Writer], Writer]:
    """Mark the method that brings these fields to their wanted value."""

    def mark(method: Writer) -> Writer:
        method.writes = names  # type: ignore[attr-defined]
        return method

    return mark


class Traits:
    """The constants of a kind, collected when its class is made."""

    service: ClassVar[Service]
    api: ClassVar[Api]
    name: ClassVar[str]
    fields: ClassVar[dict[str, Field]]
    writers: ClassVar[dict[str, Writer]]
    named: ClassVar[str] = ""
    """The field that AWS calls its name, where we choose it."""
    name_limit: ClassVar[int] = 255
    name_tag: ClassVar[bool] = False
    """People know it by its ``Name`` tag, which we set."""
    arn_like: ClassVar[str] = ""
    """What an ARN of this kind contains; empty if AWS's tag index does not cover the kind."""
    holds_data: ClassVar[bool] = False
    """Never deleted or replaced unless git says so in so many words."""
    coexists: ClassVar[bool] = True
    """A replacement can stand beside the old object until everything points to it."""
    duplicable: ClassVar[bool] = False
    """Neither a token nor a name stops AWS from making it twice."""
    renews: ClassVar[bool] = False
    """Every change makes a new object (a revision), so whoever refers to it changes too."""
    tags_first: ClassVar[bool] = False
    """AWS neither takes nor tells the tags of an object that changes: they are set before the change."""
    starts_with: ClassVar[frozenset[str]] = frozenset()
    """Kinds that must be well, where what it refers to refers to them, for what it runs to start at all."""
    after: ClassVar[tuple[str, ...]] = ()
    """Kinds that must be read before this one."""
    attributes: ClassVar[Mapping[str, str]] = {}
    """What ``${Kind/name:attribute}`` may name, and where the response has it."""
    while_pending: ClassVar[frozenset[str]] = frozenset()
    """Fields that can be written although the object is not ready."""
    deadline: ClassVar[int] = 900
    """Seconds after which an object that is still not ready has failed."""
    frozen: ClassVar[frozenset[str]] = frozenset()
    """Parts (dotted paths) of fields that are set once, though the rest of the field can change."""
    exposes: ClassVar[tuple[str, ...]] = ()
    """Fields that let somebody in: what AWS has in them is told even where git leaves them alone."""
    elsewhere: ClassVar[str] = "Choose another name"
    """What to do where another stack has the one that git means."""
    left_out: ClassVar[str] = ""
    """What AWS's API has and this kind has not, in a sentence, with the reason."""

    def __init_subclass__(cls) -> None:
        own = {value.called or name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        # After the fields: where the API has one called ``name``, it has been collected by now.
        cls.name = cls.__name__
        cls.fields = {**getattr(cls, "fields", {}), **own}
        marked = {n: method for method in vars(cls).values() for n in getattr(method, "writes", ())}
        cls.writers = {**getattr(cls, "writers", {}), **marked}

    def call(self, operation: str, /, **params: Any) -> Call:
        """Return a call to the kind's service."""
        return self.service.call(operation, **params)
