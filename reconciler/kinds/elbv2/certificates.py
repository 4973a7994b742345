"""A listener's certificates: the first is the default one, the order of the others does not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...kind import Calls, Live, Raw
from ...types import Difference, ListOf, Ref, Struct
from ...values import unknown
from . import ELBV2


@dataclass(frozen=True)
class Certificates(ListOf):
    """The default certificate, then any others in any order."""

    def canon(self, value: Any) -> Any:
        """Return the default one first, the others sorted."""
        arns = [str(item["certificateArn"]) for item in value]
        return [{"certificateArn": arn} for arn in (*arns[:1], *sorted(set(arns[1:]) - set(arns[:1])))]

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare in the canonical order."""
        if unknown(want):
            yield Difference(path, want, have)
            return
        yield from super().diff(path, self.canon(want), self.canon(have or ()))


CERTIFICATES = Certificates(Struct({"certificateArn": Ref(kind="Certificate")}, required=("certificateArn",)), least=1)


def shown(listed: Iterable[Raw]) -> dict[str, Any]:
    """Return AWS's list, in which the default one may appear twice, as we write it."""
    default = [c["certificateArn"] for c in listed if c.get("isDefault")]
    others = [c["certificateArn"] for c in listed if not c.get("isDefault")]
    return {"certificates": [{"certificateArn": arn} for arn in dict.fromkeys([*default, *others])]}


def brought(wanted: list[Raw] | None, live: Live) -> tuple[list[dict[str, str]] | None, Calls]:
    """Return the default certificate if it must change, and the calls for the others."""
    if not wanted:
        return None, _others([], [], live)
    have = [c["certificateArn"] for c in live.spec.get("certificates", ())]
    arns = [c["certificateArn"] for c in wanted]
    default = [{"certificateArn": arns[0]}] if have[:1] != arns[:1] else None
    new = [arn for arn in arns[1:] if arn not in have[1:]]
    # What was the default is one of the others only if it was added as such.
    old = [arn for arn in have[1:] if arn not in arns]
    return default, _others(new, old, live)


def _others(new: list[str], old: list[str], live: Live) -> Calls:
    if new:
        yield ELBV2.call(
            "AddListenerCertificates", listenerArn=live.id, certificates=[{"certificateArn": arn} for arn in new]
        )
    if old:
        yield ELBV2.call(
            "RemoveListenerCertificates", listenerArn=live.id, certificates=[{"certificateArn": arn} for arn in old]
        )
