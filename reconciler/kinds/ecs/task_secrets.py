"""Whether the secrets of a task definition are there, and whether its execution role may read them. No value is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...kind import Call, Finding, Live, Program, Raw, Sight
from ...values import Generate, SealedJson
from ..secretsmanager import SECRETS
from ..secretsmanager.value import source

READ = "secretsmanager:GetSecretValue"
CURRENT = "AWSCURRENT"
_ARN_PARTS = 7


@dataclass(frozen=True)
class Wish:
    """What one container asks of one secret."""

    container: str
    variable: str
    arn: str
    key: str
    """The member of a JSON value; empty: the whole of it."""
    stage: str
    version: str

    def __str__(self) -> str:
        return f"{self.container}'s {self.variable}"


def wishes(raw: Raw, arn: str) -> list[Wish]:
    """Return what the containers ask of the secrets of this account and region."""
    _, _, _, region, account, _ = arn.split(":", 5)
    mine = f":secretsmanager:{region}:{account}:secret:"
    return [wish for container in raw.get("containerDefinitions") or () for wish in _of(container) if mine in wish.arn]


def _of(container: Raw) -> Iterator[Wish]:
    logging = container.get("logConfiguration") or {}
    for one in (*(container.get("secrets") or ()), *(logging.get("secretOptions") or ())):
        parts = str(one.get("valueFrom", "")).split(":")
        key, stage, version = (*parts[_ARN_PARTS:], "", "", "")[:3]
        name, arn = str(one.get("name")), ":".join(parts[:_ARN_PARTS])
        yield Wish(str(container.get("name")), name, arn, key, stage or CURRENT, version)


def present(live: Live, sight: Sight) -> Program[Finding]:
    """Find out whether each secret exists, has a value, and has the member that is asked for, as far as git tells."""
    asked = wishes(live.raw, live.arn)
    if not asked:
        return Finding()
    answer = yield SECRETS.call("ListSecrets", includePlannedDeletion=True)
    listed = (answer or {}).get("secretList", ())
    said = [_absent(wish, listed) or _keyless(wish, sight) for wish in asked]
    return Finding(ill=tuple(dict.fromkeys(filter(None, said))))


def _absent(wish: Wish, listed: Any) -> str:
    # ARNs may be written without the six characters that AWS ends them with.
    found = next((s for s in listed if wish.arn in (s["arn"], s["arn"].rpartition("-")[0])), None)
    if found is None:
        return f"{wish} is of a secret that does not exist: {wish.arn}. Name another, or make it: a Secret in git"
    if found.get("deletedDate"):
        way = f"Take that back: aws secretsmanager restore-secret --secret-id {found['name']}"
        return f"{wish} is of {found['name']}, which is deleted. {way}"
    stages: Mapping[str, Any] = found.get("secretVersionsToStages") or {}
    there = wish.version in stages if wish.version else any(wish.stage in names for names in stages.values())
    if there:
        return ""
    if wish.version or wish.stage != CURRENT:
        return (
            f"{wish} is of a version of {found['name']} that is not there: {wish.version or wish.stage}. Name another"
        )
    way = f"aws secretsmanager put-secret-value --secret-id {found['name']} --secret-string …"
    return f"{wish} is of {found['name']}, which waits for somebody to set it: {way}"


def _keyless(wish: Wish, sight: Sight) -> str:
    """Git knows the members of the values that it describes; of others, only reading them would tell."""
    secret = next((one for one in sight.lives("Secret") if one.arn == wish.arn), None)
    wanted = sight.wants.get(secret.address) if secret is not None and wish.key else None
    if wanted is None or secret is None:
        return ""
    made = source(wanted.get("value"))
    if isinstance(made, SealedJson):
        known = sorted(made.members)
    elif isinstance(made, Generate):
        known = [made.key] if made.key else []
    else:
        return ""
    if wish.key in known:
        return ""
    has = f"its members are {', '.join(known)}" if known else "its value is a plain text"
    return f'{wish} asks for "{wish.key}" of {secret.name}: {has}. Correct the reference, or the secret'


def readable(live: Live) -> Program[Finding]:
    """Ask IAM whether the execution role's policies let it read each secret; one call for all of them."""
    asked = wishes(live.raw, live.arn)
    if not asked:
        return Finding()
    role = str(live.raw.get("executionRoleArn") or "")
    if not role:
        return Finding(ill=("it has secrets, and no executionRoleArn to read them with. Name a Role",))
    if not role.startswith("arn:"):
        role = f"arn:aws:iam::{live.arn.split(':')[4]}:role/{role}"
    arns = sorted({wish.arn for wish in asked})
    answer = yield Call(
        "iam", "SimulatePrincipalPolicy", {"policySourceArn": role, "actionNames": [READ], "resourceArns": arns},
        missing=("NoSuchEntity",),
    )  # fmt: skip
    if answer is None:
        return Finding(ill=(f"its execution role does not exist: {role}. Apply makes it, if git names it",))
    decided = dict(_decisions(answer.get("evaluationResults", ())))
    found = Finding()
    for arn in arns:
        found += yield from _judged(arn, role.rpartition("/")[2], decided.get(arn))
    return found


def _decisions(results: Any) -> Iterator[tuple[str, Raw]]:
    """Yield the results by resource: AWS nests them where it is asked of several."""
    for result in results:
        yield str(result.get("evalResourceName")), {**result, "decision": result.get("evalDecision")}
        for one in result.get("resourceSpecificResults") or ():
            yield str(one.get("evalResourceName")), {**one, "decision": one.get("evalResourceDecision")}


def _judged(arn: str, role: str, result: Raw | None) -> Program[Finding]:
    name = arn.rpartition(":secret:")[2]
    decision = (result or {}).get("decision")
    if decision == "allowed":
        return Finding()
    open_ = (result or {}).get("missingContextValues")
    if result is None or open_:
        why = f"that depends on {', '.join(open_)}" if open_ else "IAM does not say"
        return Finding(unseen=(f"unknown: whether {role} may read {name}: {why}",))
    if decision == "explicitDeny":
        return Finding(ill=(f"{role} is denied {READ} on {name}. Remove that Deny from its policies",))
    answer = yield SECRETS.call("GetResourcePolicy", secretId=arn, missing=("ResourceNotFoundException",))
    if (answer or {}).get("resourcePolicy"):
        return Finding(unseen=(f"unknown: whether {role} may read {name}: only the secret's own policy can allow it",))
    return Finding(ill=(f"{role} may not read {name}: allow {READ} on {arn} in a policy of the role",))
