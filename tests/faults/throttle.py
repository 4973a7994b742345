"""An AWS that turns away most of what it is asked."""

from __future__ import annotations

import random
from collections import Counter

from reconciler.emulator import Emulator, render
from reconciler.emulator.wire import Answer, Call


class Storm:
    """A layer that throttles each call with a probability: of each operation the same ones each time.

    Which thread asks first must not decide, so every operation has a row of chances of its own.
    """

    def __init__(self, emulator: Emulator, probability: float, seed: int = 1) -> None:
        self._seed, self._probability = seed, probability
        self._asked: Counter[str] = Counter()
        emulator.layers.insert(0, self)

    def before(self, call: Call) -> Answer | None:
        name = f"{call.service}:{call.operation}"
        self._asked[name] += 1
        chance = random.Random(f"{self._seed} {name} {self._asked[name]}").random()  # noqa: S311 - not a secret
        return render.throttled(call) if chance < self._probability else None

    def after(self, call: Call, answer: Answer) -> Answer:
        del call
        return answer
