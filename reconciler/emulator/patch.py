"""Replacing single methods of moto's classes by ones that behave like AWS."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import ModuleType

Method = Callable[..., Any]

once = functools.cache
"""Marks a module's `install()`: however often it is called, it acts once per process."""

_forgetters: Final[list[Callable[[], None]]] = []


def replaces(cls: type, name: str) -> Callable[[Method], Method]:
    """Make the decorated function the method `name` of `cls`.

    It is called as `(original, self, *args, **kwargs)`, where `original` is the plain function:
    `original(self, ...)` runs what was there before. A method that did not exist raises
    NotImplementedError when its `original` is called. Static methods are not for this decorator.
    """

    def decorate(replacement: Method) -> Method:
        original: Method = getattr(cls, name, None) or _absent(cls, name)

        @functools.wraps(replacement)
        def method(self: object, *args: Any, **kwargs: Any) -> Any:
            return replacement(original, self, *args, **kwargs)

        setattr(cls, name, method)
        return replacement

    return decorate


def put(owner: type | ModuleType, name: str, value: object) -> None:
    """Give a class or a module of moto's something it lacks or has wrong."""
    setattr(owner, name, value)


def on_reset(forget: Callable[[], None]) -> Callable[[], None]:
    """Have `forget` called at every `Emulator.reset()`: for state that is not kept on moto's own objects."""
    _forgetters.append(forget)
    return forget


def forget_all() -> None:
    """Drop the state the fixes keep beside moto's backends."""
    for forget in _forgetters:
        forget()


def _absent(cls: type, name: str) -> Method:
    def absent(*_args: object, **_kwargs: object) -> Any:
        message = f"{cls.__name__} has no {name} of its own"
        raise NotImplementedError(message)

    return absent
