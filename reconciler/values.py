"""Values that are not plain data: not known yet, or not to be seen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

HIDDEN = "(sensitive)"
_TELLING = re.compile(
    r"(pass(word|wd|phrase)|secret(?!arn|s?manager)|token|api[_-]?key|private[_-]?key|credential|headervalue)[^.\[\]]*$",
    re.IGNORECASE,
)
_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/]+(@)", re.IGNORECASE)
_QUERY = re.compile(r"([?&;](?:password|passwd|pwd|secret|token|api_?key)=)[^&;\s]+", re.IGNORECASE)


@dataclass(frozen=True)
class Unknown:
    """A value that exists only once something else has been made; ``text`` is what git says."""

    text: str

    def __str__(self) -> str:
        return f"(known after apply: {self.text})"


@dataclass(frozen=True)
class SecretRef:
    """The value of a secret that exists. Its ``version`` stands for it everywhere but in the one call that uses it."""

    arn: str
    version: str
    region: str = ""

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__


@dataclass(frozen=True)
class Generate:
    """A value that is made at the moment of use: ``length`` characters, or ``size`` random bytes in base64."""

    length: int = 32
    size: int = 0
    key: str = ""
    """Not empty: the value is a JSON object with the generated text under this key."""
    options: Mapping[str, Any] = data(default_factory=dict)

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__


@dataclass(frozen=True)
class Sealed:
    """A text with secrets in it, closed until the door opens it; equal if it would open to the same text."""

    parts: tuple[str | SecretRef, ...]

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    @property
    def fingerprint(self) -> str:
        """Return what changes when the text would; nobody can guess the text from it."""
        told = "\x00".join(p if isinstance(p, str) else f"{p.arn}@{p.version}" for p in self.parts)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class SealedJson:
    """A JSON object some of whose texts are sealed."""

    members: Mapping[str, str | Sealed]

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    @property
    def fingerprint(self) -> str:
        """Return what changes when the text would."""
        told = [f"{k}={v if isinstance(v, str) else v.fingerprint}" for k, v in sorted(self.members.items())]
        return hashlib.sha256("\x00".join(told).encode()).hexdigest()[:32]


Hidden = (SecretRef, Generate, Sealed, SealedJson)


def leaves(value: Any) -> Iterator[Any]:
    """Yield every scalar of a tree."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def unknown(value: Any) -> bool:
    """Whether any part of the value is known only after something else is made."""
    return any(isinstance(leaf, Unknown) for leaf in leaves(value))


def hidden(value: Any) -> bool:
    """Whether any part of the value must not be shown."""
    return any(isinstance(leaf, Hidden) for leaf in leaves(value))


def telling(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    return bool(_TELLING.search(name))


def scrubbed(text: str) -> str:
    """Return the text without the passwords of URLs."""
    return _QUERY.sub(r"\1***", _URL.sub(r"\1***\2", text))
