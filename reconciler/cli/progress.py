"""Progress on a terminal: what is being made, what it waits for, how long so far. Quiet when piped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from .common import coloured

if TYPE_CHECKING:
    from ..events import Event


class Progress:
    """A live list on a terminal; nothing at all elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        """Write to this stream if it is a terminal."""
        self._stream = stream
        self._live: Any = None
        self._since: dict[str, tuple[float, str]] = {}
        self._begin = time.monotonic()
        self._counts = {"done": 0}

    def __enter__(self) -> Self:
        self._show()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hide()

    def _show(self) -> None:
        if self._stream.isatty():
            from rich.console import Console
            from rich.live import Live

            console = Console(file=self._stream, no_color=not coloured(self._stream), highlight=False)
            self._live = Live(console=console, refresh_per_second=4, transient=True, get_renderable=self._lines)
            self._live.start()

    def _hide(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    @contextmanager
    def away(self) -> Iterator[None]:
        """Take the display away while somebody is asked something."""
        self._hide()
        yield
        self._show()

    def __call__(self, event: Event) -> None:
        """Fold one event into what is shown."""
        from ..events import Failed, Finished, Started, Waiting

        if isinstance(event, Started):
            self._say(event.step.address, event.step.action.value)
        elif isinstance(event, Finished):
            self._since.pop(event.step.address, None)
            self._counts["done"] += 1
            self._print(f"  {event.step.action.value:8} {event.step.address}")
        elif isinstance(event, Failed) and event.final:
            self._since.pop(event.step.address, None)
            self._print(f"  failed   {event.step.address}: {event.error}")
        elif isinstance(event, Waiting):
            waiting = dict(event.reasons)
            self._since = {a: v for a, v in self._since.items() if a in waiting}
            for address, reason in waiting.items():
                self._say(address, reason)

    def _say(self, address: str, what: str) -> None:
        since = self._since.get(address, (time.monotonic(), ""))[0]
        self._since[address] = since, what

    def _print(self, line: str) -> None:
        if self._live is not None:
            self._live.console.print(line, markup=False)

    def _lines(self) -> Any:
        from rich.text import Text

        now = time.monotonic()
        rows = [f"  … {a}  {what[:90]}  {now - since:.0f} s" for a, (since, what) in list(self._since.items())[:12]]
        return Text("\n".join([*rows, f"  {self._counts['done']} steps done, {now - self._begin:.0f} s"]))
