"""Small pages for every paginated operation, so that a forgotten paginator shows."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.exceptions import BotoCoreError

from reconciler.emulator import render, trees

if TYPE_CHECKING:
    from botocore.model import StructureShape

    from reconciler.emulator.core import Emulator
    from reconciler.emulator.wire import Answer, Call

CUTTABLE: Final = frozenset({"json", "ec2", "query"})
PREFIX: Final = "page-"


@dataclass(frozen=True)
class Spec:
    """Where an operation keeps its token and its lists: `asks` as botocore names it, the rest as on the wire."""

    asks: str
    answers: str
    lists: tuple[str, ...]
    more: str | None


class Pages:
    """A layer that cuts answers into pages of `size`."""

    def __init__(self, emulator: Emulator, size: int) -> None:
        """Cut for all clients of `emulator`."""
        self._size = size
        self._rest: dict[str, tuple[Answer, int]] = {}
        self._numbers = itertools.count()
        emulator.layers.append(self)

    def before(self, call: Call) -> Answer | None:
        """Continue a list that this layer has cut."""
        spec = _spec(call.service, call.operation) if call.protocol in CUTTABLE else None
        token = call.params.get(spec.asks) if spec else None
        if spec is None or not isinstance(token, str) or not token.startswith(PREFIX):
            return None
        if token not in self._rest:
            return render.error(call, "InvalidNextToken", 400, "The token is not known")
        whole, offset = self._rest[token]
        return self._page(call, spec, whole, offset)

    def after(self, call: Call, answer: Answer) -> Answer:
        """Cut a fresh answer."""
        spec = _spec(call.service, call.operation) if call.protocol in CUTTABLE and answer.ok else None
        return answer if spec is None else self._page(call, spec, answer, 0)

    def _page(self, call: Call, spec: Spec, whole: Answer, offset: int) -> Answer:
        tree = trees.parse(call, whole)
        lengths = {name: len(tree.items(name) or ()) for name in spec.lists}
        paged = max(lengths, key=lambda name: lengths[name])
        if lengths[paged] <= self._size or (offset == 0 and tree.text(spec.answers)):
            return whole
        end = offset + self._size
        tree.keep(paged, offset, end)
        for other in spec.lists:
            if other != paged and offset and lengths[other]:
                tree.keep(other, 0, 0)
        if end < lengths[paged]:
            token = f"{PREFIX}{next(self._numbers)}"
            self._rest[token] = (whole, end)
            tree.put(spec.answers, token)
        if spec.more:
            tree.put(spec.more, "true" if end < lengths[paged] else "false")
        return whole.with_body(tree.dump())


@functools.cache
def _session() -> Any:
    return botocore.session.get_session()


@functools.cache
def _spec(service: str, operation: str) -> Spec | None:
    """Read botocore's paginator model; None for what is not paginated or not in a simple way."""
    try:
        config = _session().get_paginator_model(service).get_paginator(operation)
        model = _session().get_service_model(service)
        output = model.operation_model(operation).output_shape
    except (BotoCoreError, ValueError):
        return None
    asks, answers = _first(config.get("input_token")), _first(config.get("output_token"))
    keys = config["result_key"] if isinstance(config["result_key"], list) else [config["result_key"]]
    lists = tuple(_wire(output, key) for key in keys if key in output.members)
    if answers not in output.members or not lists:
        return None
    more = config.get("more_results")
    return Spec(asks, _wire(output, answers), lists, _wire(output, more) if more in output.members else None)


def _first(tokens: Any) -> str:
    return str(tokens[0] if isinstance(tokens, list) else tokens)


def _wire(shape: StructureShape, member: str) -> str:
    return str(shape.members[member].serialization.get("name", member))
