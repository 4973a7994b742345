"""CloudWatch Logs behaving like itself."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")
_MISSING = "The specified log group does not exist."


def _choice(value: object, name: str, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        refuse(
            "InvalidParameterException",
            f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must "
            f"satisfy enum value set: [{', '.join(map(str, allowed))}]",
        )


def _usable_key(backend: Moto, key_arn: str, group_arn: str) -> None:
    """Fail unless the key is there, enabled, and its policy lets CloudWatch Logs use it."""
    kms: Moto = kms_backends[backend.account_id][backend.region_name]
    key = kms.keys.get(key_arn.rsplit("/", 1)[-1])
    allowed = key is not None and key.key_state == "Enabled" and "logs." in str(key.policy)
    if not key_arn.startswith("arn:") or not allowed:
        refuse(
            "InvalidParameterException",
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{group_arn}'",
        )


def _create(original: Method, self: Moto) -> Any:
    name, key = self._get_param("logGroupName"), self._get_param("kmsKeyId")
    kind = self._get_param("logGroupClass") or "STANDARD"
    _choice(kind, "logGroupClass", _CLASSES)
    backend = self.logs_backend
    if key and name not in backend.groups:
        _usable_key(backend, key, f"arn:aws:logs:{backend.region_name}:{backend.account_id}:log-group:{name}")
    answer = original(self)
    backend.groups[name].log_group_class = kind
    return answer


def _described(original: Method, self: Moto) -> Json:
    return {**original(self), "logGroupClass": getattr(self, "log_group_class", "STANDARD")}


def _retention(original: Method, self: Moto, log_group_name: str, days: int) -> None:
    _choice(days, "retentionInDays", RETENTION)
    original(self, log_group_name, days)


def _group_named(self: Moto) -> Moto:
    name = self._get_param("logGroupName") or (self._get_param("resourceIdentifier") or "").split(":log-group:")[-1]
    group = self.logs_backend.groups.get(name.removesuffix(":*"))
    if group is None:
        refuse("ResourceNotFoundException", _MISSING)
    return group


def _associate_key(_original: Method, self: Moto) -> str:
    group = _group_named(self)
    _usable_key(self.logs_backend, self._get_param("kmsKeyId"), group.arn)
    group.kms_key_id = self._get_param("kmsKeyId")
    return ""


def _disassociate_key(_original: Method, self: Moto) -> str:
    _group_named(self).kms_key_id = None
    return ""


def _by_arn(original: Method, self: Moto, arn: str, *args: Any) -> Any:
    """Tags belong to the ARN without `:*`, in whichever form it is given."""
    arn = arn.removesuffix(":*")
    if ":log-group:" in arn and arn not in [group.arn for group in self.groups.values()]:
        refuse("ResourceNotFoundException", _MISSING)
    return original(self, arn, *args)


def _delete(original: Method, self: Moto, log_group_name: str) -> None:
    group = self.groups.get(log_group_name)
    original(self, log_group_name)
    if group is not None:
        self.tagger.delete_all_tags_for_resource(group.arn)
        self.filters.metric_filters = [f for f in self.filters.metric_filters if f["logGroupName"] != log_group_name]


@once
def install() -> None:
    """Make log groups behave as on AWS."""
    replace_all(
        LogsResponse,
        {
            "associate_kms_key": _associate_key,
            "create_log_group": _create,
            "disassociate_kms_key": _disassociate_key,
        },
    )
    replace_all(
        LogsBackend,
        {
            "delete_log_group": _delete,
            "list_tags_for_resource": _by_arn,
            "put_retention_policy": _retention,
            "tag_resource": _by_arn,
            "untag_resource": _by_arn,
        },
    )
    replaces(LogGroup, "to_describe_dict")(_described)
