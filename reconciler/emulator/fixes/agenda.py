"""Things that happen a little later, and refusals in AWS's own words: what every service's fixes need."""

from __future__ import annotations

import heapq
import itertools
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from moto.core.exceptions import ServiceException
from moto.core.responses import BaseResponse

from reconciler.emulator import clock
from reconciler.emulator.patch import Method, on_reset, once, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Moto: TypeAlias = Any
"""An object of moto's: these carry attributes of ours that their classes do not know."""

Json: TypeAlias = dict[str, Any]
"""A structure as it goes over the wire."""

_due: list[tuple[float, int, Callable[[], None]]] = []
_numbers = itertools.count()
_event_time: list[float] = []


def now() -> float:
    """Return the virtual time: that of the event being carried out, else the clock's."""
    return _event_time[-1] if _event_time else clock.now()


def after(seconds: float, do: Callable[[], None]) -> None:
    """Have it done that many seconds (at the emulator's pace) from now, before the first request after that."""
    heapq.heappush(_due, (now() + seconds * clock.current().pace, next(_numbers), do))


def settle() -> None:
    """Carry out all that is due, in order, each event at its own time."""
    if _event_time:
        return
    while _due and _due[0][0] <= clock.now():
        moment, _, do = heapq.heappop(_due)
        _event_time.append(moment)
        try:
            do()
        finally:
            _event_time.pop()


@on_reset
def forget() -> None:
    """Drop everything that was to happen."""
    _due.clear()


class RefusalError(ServiceException):
    """What AWS answers to a request it does not carry out; moto's serialisers give it the protocol's form."""


def refuse(code: str, message: str, **details: object) -> NoReturn:
    """Fail the request as AWS does; `details` are further members of the error's shape."""
    error = RefusalError(code, message)
    for name, value in details.items():
        setattr(error, name, value)
    raise error


def replace_all(cls: type, methods: Mapping[str, Method]) -> None:
    """Replace several methods of a class at once: `replaces` for a table."""
    for name, method in methods.items():
        replaces(cls, name)(method)


def loaded(module: str) -> Moto | None:
    """Return one of moto's modules if some request has needed it already; else nothing can be in its backends."""
    return sys.modules.get(module)


@once
def install() -> None:
    """Settle before every request that reaches a service."""

    @replaces(BaseResponse, "setup_class")
    def setup_class(original: Method, self: Moto, *args: Any, **kwargs: Any) -> None:
        settle()
        original(self, *args, **kwargs)
