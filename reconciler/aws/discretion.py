"""Keeps secrets out of what others write: AWS's refusals, and the logs of the libraries that speak to AWS."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..values import HIDDEN, scrubbed, telling

LIBRARIES = ("boto3", "botocore", "urllib3")
SECRET = frozenset({"masterUserPassword", "authToken", "secretString", "secretBinary"})
"""Parameters of AWS that hold a secret; botocore's model does not mark all of them."""
SHORTEST = 4
"""Characters of the shortest text that is looked for: shorter ones are part of ordinary words."""


def cap_logs() -> None:
    """Hold the libraries' loggers at INFO: at DEBUG, they write every request and every answer in clear."""
    for name in (*LIBRARIES, *logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        if name.partition(".")[0] in LIBRARIES and logger.getEffectiveLevel() < logging.INFO:
            logger.setLevel(logging.INFO)


def discreet(message: str, params: Any, opened: Iterable[str]) -> str:
    """Return AWS's words without the secrets of the request: some services repeat what they refuse."""
    for secret in sorted({*secrets_in(params), *opened}, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            message = message.replace(secret, HIDDEN)
    return scrubbed(message)


def secrets_in(value: Any, name: str = "") -> Iterator[str]:
    """Yield the texts that are secret by the parameter's name, or by the name that people gave them."""
    if isinstance(value, Mapping):
        pair = value.get("name") if isinstance(value.get("value"), str) else None
        if isinstance(pair, str) and telling(pair):
            yield value["value"]
        for inner, part in value.items():
            yield from secrets_in(part, inner)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from secrets_in(part, name)
    elif isinstance(value, str) and name in SECRET:
        yield value
