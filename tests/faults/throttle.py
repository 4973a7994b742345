"""An AWS that turns away most of what it is asked."""

from __future__ import annotations

import random

from reconciler.emulator import Emulator, render
from reconciler.emulator.wire import Answer, Call


class Storm:
    """A layer that throttles each call with a probability; the same calls each time."""

    def __init__(self, emulator: Emulator, probability: float, seed: int = 1) -> None:
        self._chance, self._probability = random.Random(seed), probability  # noqa: S311 - the same storm each time
        emulator.layers.insert(0, self)

    def before(self, call: Call) -> Answer | None:
        return render.throttled(call) if self._chance.random() < self._probability else None

    def after(self, call: Call, answer: Answer) -> Answer:
        del call
        return answer
