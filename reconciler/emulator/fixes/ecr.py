"""ECR behaving like itself: an image's digest is its manifest's, and an image stays when its tag moves on."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from moto.ecr.models import ECRBackend, Image
from moto.kms.models import kms_backends

from reconciler.emulator.fixes.agenda import Moto, refuse
from reconciler.emulator.patch import Method, once, replaces


def _create(original: Method, self: Moto, repository_name: str, **wanted: Any) -> Moto:
    encryption = wanted.get("encryption_config") or {}
    if key := encryption.get("kmsKey"):
        kms: Moto = kms_backends[self.account_id][self.region_name]
        found = kms.keys.get(key.rsplit("/", 1)[-1])
        if found is None or found.key_state != "Enabled":
            refuse("KmsException", f"The KMS key {key} can't be used: it does not exist or is not enabled.")
    return original(self, repository_name=repository_name, **wanted)


def _put_lifecycle(
    original: Method, self: Moto, registry_id: str, repository_name: str, lifecycle_policy_text: str
) -> Any:
    try:
        json.loads(lifecycle_policy_text)
    except ValueError:
        refuse(
            "InvalidParameterException",
            "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: "
            "'Lifecycle policy validation failure'",
        )
    return original(self, registry_id, repository_name, lifecycle_policy_text)


def _put_image(
    original: Method, self: Moto, repository_name: str, image_manifest: str, image_tag: str | None, *more: Any
) -> Any:
    repository = self._get_repository(repository_name)
    for image in self._resolve_image_tag_mutability(repository, image_tag) if image_tag else ():
        if image.image_manifest != image_manifest:
            image.remove_tag(image_tag)
    return original(self, repository_name, image_manifest, image_tag, *more)


@once
def install() -> None:
    """Make repositories and images behave as on AWS."""

    @replaces(Image, "_create_digest")
    def digest(_original: Method, self: Moto) -> None:
        self._image_digest = f"sha256:{hashlib.sha256(self.image_manifest.encode()).hexdigest()}"

    replaces(ECRBackend, "create_repository")(_create)
    replaces(ECRBackend, "put_lifecycle_policy")(_put_lifecycle)
    replaces(ECRBackend, "put_image")(_put_image)
