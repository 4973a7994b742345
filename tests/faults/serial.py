"""One thread for everything, so that a run is the same each time and a process can be forked in the middle of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")


class Serial(Executor):
    """Does what it is given at once, in the caller's thread; what kills a process is not caught."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as every executor does
            done.set_exception(error)
        return done

    def map(self, fn: Callable[..., T], *iterables: Iterable[Any], **_: Any) -> Any:
        return [fn(*args) for args in zip(*iterables, strict=False)]
