"""AWS Backup's vaults: what they hold, who may use them and who is told; tags of what exists."""

from __future__ import annotations

import json
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.models import BackupBackend, Vault
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes import backup_check
from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.paging import page
from reconciler.emulator.patch import Method, once

_MANY = 100
_PATHS = (
    "{0}/backup-jobs$",
    "{0}/backup-vaults/(?P<name>[^/]+)/access-policy$",
    "{0}/backup-vaults/(?P<name>[^/]+)/notification-configuration$",
    "{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/$",
    "{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/(?P<point>.+)$",
)


def _vault_of(self: Moto) -> Moto:
    """Return the vault that the path names. Of one that does not exist, AWS does not say so."""
    name = unquote(self.path.split("/backup-vaults/")[1].split("/")[0])
    if name not in self.backup_backend.vaults:
        refuse("AccessDeniedException", "Insufficient privileges to perform this action.")
    return self.backup_backend.vaults[name]


def _create(_original: Method, self: Moto) -> str:
    body, backend = json.loads(self.body or "{}"), self.backup_backend
    name = unquote(self.path.split("/")[-1])
    backup_check.vault_name(name)
    if name in backend.vaults:
        refuse("AlreadyExistsException", "Backup vault with the same name already exists")
    vault: Moto = Vault(name, _key(backend, body.get("EncryptionKeyArn")), body.get("CreatorRequestId"), backend)
    vault.points = {}
    if body.get("BackupVaultTags"):
        backend.tag_resource(vault.backup_vault_arn, body["BackupVaultTags"])
    backend.vaults[name] = vault
    return json.dumps(vault.to_dict())


def _key(backend: Moto, named: str | None) -> str:
    """Return the key that encrypts a vault: AWS makes one of its own at the first vault that names none."""
    if named is None:
        prefix = f"arn:aws:kms:{backend.region_name}:{backend.account_id}:key"
        backend.own_key = getattr(backend, "own_key", None) or f"{prefix}/{mock_random.uuid4()}"
        return str(backend.own_key)
    keys: Moto = kms_backends[backend.account_id][backend.region_name].keys
    if named.rpartition("/")[2] not in keys or keys[named.rpartition("/")[2]].key_state != "Enabled":
        backup_check.invalid(f"The key {named} does not exist, or cannot be used.")
    return named


def _described(_original: Method, self: Moto) -> str:
    return json.dumps(_shown(_vault_of(self)))


def _shown(vault: Moto) -> Json:
    return {**vault.to_list_dict(), "NumberOfRecoveryPoints": len(vault.points), "VaultType": "BACKUP_VAULT"}


def _vaults(_original: Method, self: Moto) -> str:
    size = self._get_param("maxResults")
    rows = [_shown(vault) for vault in self.backup_backend.vaults.values()]
    shown, token = page(rows, self._get_param("nextToken"), int(size) if size else None, _MANY)
    return json.dumps({"BackupVaultList": shown, **({"NextToken": token} if token else {})})


def _delete(_original: Method, self: Moto) -> str:
    vault = _vault_of(self)
    if vault.points:
        refuse("InvalidRequestException", "Backup vault cannot be deleted because it contains recovery points.")
    self.backup_backend.tagger.delete_all_tags_for_resource(vault.backup_vault_arn)
    del self.backup_backend.vaults[vault.backup_vault_name]
    return "{}"


def _put_policy(_original: Method, self: Moto) -> str:
    vault, policy = _vault_of(self), json.loads(self.body).get("Policy")
    try:
        statements = json.loads(policy or "")["Statement"]
    except (ValueError, KeyError, TypeError):
        backup_check.invalid("The specified policy cannot be added to the vault, because it cannot be read.")
    if any("Principal" not in s and "NotPrincipal" not in s for s in statements):
        backup_check.invalid("The specified policy cannot be added to the vault: a statement has no principal.")
    vault.policy = policy
    return "{}"


def _policy(_original: Method, self: Moto) -> str:
    vault = _vault_of(self)
    if not vault.policy:
        refuse("ResourceNotFoundException", f"Backup vault {vault.backup_vault_name} has no associated policy")
    return json.dumps({**_identity(vault), "Policy": vault.policy})


def _no_policy(_original: Method, self: Moto) -> str:
    _vault_of(self).policy = None
    return "{}"


def _put_notifications(_original: Method, self: Moto) -> str:
    body = json.loads(self.body)
    _vault_of(self).notifications = {name: body[name] for name in ("SNSTopicArn", "BackupVaultEvents")}
    return "{}"


def _notifications(_original: Method, self: Moto) -> str:
    vault = _vault_of(self)
    if not vault.notifications:
        name = vault.backup_vault_name
        refuse("ResourceNotFoundException", f"Failed reading notifications from database for Backup vault {name}")
    return json.dumps({**_identity(vault), **vault.notifications})


def _no_notifications(_original: Method, self: Moto) -> str:
    _vault_of(self).notifications = None
    return "{}"


def _identity(vault: Moto) -> Json:
    return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}


def _start_job(_original: Method, self: Moto) -> str:
    """Back something up; it takes no time here."""
    body = json.loads(self.body)
    number = str(mock_random.uuid4())
    point = f"arn:aws:backup:{self.region}:{self.current_account}:recovery-point:{number}"
    if body["BackupVaultName"] not in self.backup_backend.vaults:
        refuse("AccessDeniedException", "Insufficient privileges to perform this action.")
    keep(self.backup_backend, body["BackupVaultName"], point, body["ResourceArn"])
    return json.dumps({"BackupJobId": number, "RecoveryPointArn": point, "CreationDate": unix_time()})


def keep(backend: Moto, vault: str, point: str, resource: str) -> None:
    """Put a recovery point into a vault, if it exists: a backup into another one fails later, and unheard."""
    if vault in backend.vaults:
        shown = {"RecoveryPointArn": point, "ResourceArn": resource, "Status": "COMPLETED", "CreationDate": unix_time()}
        backend.vaults[vault].points[point] = shown


def _points(_original: Method, self: Moto) -> str:
    vault = _vault_of(self)
    return json.dumps({"RecoveryPoints": [{**_identity(vault), **point} for point in vault.points.values()]})


def _no_point(_original: Method, self: Moto) -> str:
    vault, point = _vault_of(self), unquote(self.path.split("/recovery-points/")[1])
    if vault.points.pop(point, None) is None:
        refuse("ResourceNotFoundException", f"Cannot find recovery point {point}")
    return "{}"


def _exists(backend: Moto, arn: str) -> bool:
    plans = [plan.backup_plan_arn for plan in backend.plans.values() if plan.deletion_date is None]
    return arn in plans or arn in [vault.backup_vault_arn for vault in backend.vaults.values()]


def _tagging(original: Method, self: Moto) -> object:
    arn = unquote(self.path.split("/tags/")[-1].split("/untag/")[-1]).rstrip("/")
    if not _exists(self.backup_backend, arn):
        refuse("ResourceNotFoundException", f"Cannot find resource {arn}")
    return original(self)


@once
def install() -> None:
    """Make vaults behave as on AWS."""
    vault: Moto = Vault
    vault.points, vault.policy, vault.notifications = {}, None, None
    urls.url_paths.update(dict.fromkeys(_PATHS, urls.response.dispatch))
    backend: Moto = BackupBackend
    backend.own_key = None
    replace_all(
        BackupResponse,
        {
            "create_backup_vault": _create,
            "describe_backup_vault": _described,
            "list_backup_vaults": _vaults,
            "delete_backup_vault": _delete,
            "put_backup_vault_access_policy": _put_policy,
            "get_backup_vault_access_policy": _policy,
            "delete_backup_vault_access_policy": _no_policy,
            "put_backup_vault_notifications": _put_notifications,
            "get_backup_vault_notifications": _notifications,
            "delete_backup_vault_notifications": _no_notifications,
            "start_backup_job": _start_job,
            "list_recovery_points_by_backup_vault": _points,
            "delete_recovery_point": _no_point,
            "list_tags": _tagging,
            "tag_resource": _tagging,
            "untag_resource": _tagging,
        },
    )
