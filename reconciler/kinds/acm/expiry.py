"""How long a certificate lasts, and whether AWS renews it in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...kind import Finding, Program, Raw
from .proof import proofs

SOON = 30
"""Days before the end at which AWS should have renewed it: it begins 60 days before."""


def expiry(raw: Raw, now: datetime) -> Program[Finding]:
    """Tell the days that are left; near the end, why it has not been renewed."""
    yield from ()
    if raw.get("status") != "ISSUED" or raw.get("notAfter") is None:
        return Finding()
    days = (raw["notAfter"] - now).days
    why = list(_hindrances(raw))
    left = f"{days} days left" if days >= 0 else f"ended {-days} days ago"
    if days < SOON and why:
        return Finding(ill=tuple(f"{left}; {one}" for one in why))
    users = len(raw.get("inUseBy") or ())
    return Finding(notes=(left, f"in use by {users}" if users else "in use by nothing", *why))


def _hindrances(raw: Raw) -> Iterator[str]:
    """Yield why AWS does not renew it, with what to do."""
    renewal = raw.get("renewalSummary") or {}
    status = str(renewal.get("renewalStatus") or "")
    if status in ("PENDING_VALIDATION", "FAILED"):
        said = renewal.get("renewalStatusReason")
        why = f"its renewal is {status}" + (f" ({said})" if said else "")
        records = _unproven(raw)
        yield f"{why}. It waits for {records}: see hostedZoneId, and that the domain's name servers are the zone's"
    elif raw.get("renewalEligibility") == "INELIGIBLE":
        way = "AWS renews what is in use and validated by DNS: use it in a Listener or Distribution, or make another"
        yield f"not eligible for renewal. {way}"


def _unproven(raw: Raw) -> str:
    """Return the records that the renewal has not seen, in words; all of them if it does not say which."""
    known = (raw.get("renewalSummary") or {}).get("domainValidationOptions") or ()
    open_ = [option for option in known if option.get("validationStatus") != "SUCCESS"]
    told = proofs({"domainValidationOptions": open_}) or proofs(raw)
    return "; ".join(f"{name} CNAME {value}" for name, value in sorted(told.items())) or "its validation"
