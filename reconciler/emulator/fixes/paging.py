"""Answers in pages, for operations that moto answers as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.emulator.fixes.agenda import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence


def page(rows: Sequence[Any], token: object, size: object, usual: int) -> tuple[list[Any], str | None]:
    """Return the rows that a token leads to, and the token of the next page; None after the last."""
    if token and not (isinstance(token, str) and token.isdecimal() and int(token) < len(rows)):
        refuse("InvalidNextTokenException", "The pagination token is invalid.")
    begin = int(str(token)) if token else 0
    end = begin + (size if isinstance(size, int) and size > 0 else usual)
    return list(rows[begin:end]), str(end) if end < len(rows) else None
