"""CloudFront behaving like itself."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any, NoReturn

from moto.cloudfront import models
from moto.cloudfront.models import CloudFrontBackend, Distribution, random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.utils import utcnow

from reconciler.emulator.fixes import cloudfront_config
from reconciler.emulator.fixes.agenda import Json, Moto, after, refuse, replace_all
from reconciler.emulator.fixes.cloudfront_config import items
from reconciler.emulator.patch import Method, once, replaces

DEPLOYING = 1.5
"""Seconds a change takes to reach the edge."""


def _no_such(what: str, code: str) -> NoReturn:
    refuse(code, f"The specified {what} does not exist.")


def _match(if_match: str | None, etag: str) -> None:
    if not if_match:
        refuse("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
    if if_match != etag:
        refuse(
            "PreconditionFailed",
            "The request failed because it didn't meet the preconditions in one or more request-header fields.",
        )


def _changed(distribution: Moto) -> None:
    distribution.etag = random_id()
    distribution.last_modified_time = utcnow()
    distribution.changes = getattr(distribution, "changes", 0) + 1
    after(DEPLOYING, partial(_deployed, distribution, distribution.changes))


def _deployed(distribution: Moto, change: int) -> None:
    distribution.deployed = max(change, getattr(distribution, "deployed", 0))


def _status(self: Moto) -> str:
    return "Deployed" if getattr(self, "deployed", 0) >= getattr(self, "changes", 1) else "InProgress"


def _create(original: Method, self: Moto, given: Json, tags: list[Json]) -> Any:
    for known in self.distributions.values():
        if known.distribution_config.caller_reference == given["CallerReference"]:
            if known.given == given:
                return known, known.location, known.etag
            refuse(
                "DistributionAlreadyExists",
                "The caller reference that you are using to create a distribution is associated with another "
                f"distribution. Already exists: {known.distribution_id}",
            )
    cloudfront_config.check(self, given, None)
    kept = copy.deepcopy(given)
    distribution, location, _ = original(self, given, tags)
    distribution.given = kept
    _changed(distribution)
    return distribution, location, distribution.etag


def _update(original: Method, self: Moto, dist_config: Json, _id: str, if_match: str | None) -> Any:
    distribution = self.distributions.get(_id)
    if distribution is None:
        _no_such("distribution", "NoSuchDistribution")
    _match(if_match, distribution.etag)
    if dist_config["CallerReference"] != distribution.distribution_config.caller_reference:
        refuse("IllegalUpdate", "The update contains modifications that are not allowed.")
    cloudfront_config.check(self, dist_config, distribution)
    original(self, dist_config, _id, if_match)
    _changed(distribution)
    return distribution, distribution.location, distribution.etag


def _delete(original: Method, self: Moto, distribution_id: str, if_match: str | None) -> None:
    distribution = self.distributions.get(distribution_id)
    if distribution is None:
        _no_such("distribution", "NoSuchDistribution")
    _match(if_match, distribution.etag)
    if distribution.distribution_config.Enabled or distribution.status != "Deployed":
        refuse("DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.")
    original(self, distribution_id, if_match)
    self.tagger.delete_all_tags_for_resource(distribution.arn)


def _create_control(original: Method, self: Moto, config: Json) -> Moto:
    if any(control.name == config["Name"] for control in self.origin_access_controls.values()):
        refuse(
            "OriginAccessControlAlreadyExists", "An origin access control with the specified parameters already exists."
        )
    return original(self, config)


def _known_control(self: Moto, if_match: str | None) -> Moto:
    control = self.backend.origin_access_controls.get(self._get_param("Id"))
    if control is None:
        _no_such("origin access control", "NoSuchOriginAccessControl")
    _match(if_match, control.etag)
    return control


def _update_control(original: Method, self: Moto) -> Any:
    control = _known_control(self, self._get_param("IfMatch"))
    control.etag = random_id()
    return original(self)


def _delete_control(original: Method, self: Moto) -> Any:
    control = _known_control(self, self._get_param("IfMatch"))
    for distribution in self.backend.distributions.values():
        origins = items(distribution.distribution_config.Origins)
        if control.id in [origin["OriginAccessControlId"] for origin in origins]:
            refuse("OriginAccessControlInUse", "Cannot delete the origin access control because it's in use.")
    return original(self)


def _tagged(original: Method, self: Moto) -> Any:
    arn = self._get_param("Resource")
    if ":distribution/" in arn and arn.rsplit("/", 1)[-1] not in self.backend.distributions:
        refuse("NoSuchResource", f"The specified resource does not exist: {arn}")
    return original(self)


@once
def install() -> None:
    """Make distributions and origin access controls behave as on AWS."""
    moto_models: Moto = models
    moto_models.DistributionConfig = cloudfront_config.Config
    distribution: Moto = Distribution
    distribution.status = property(_status)
    replaces(CloudFrontBackend, "create_distribution_with_tags")(_create)
    replaces(CloudFrontBackend, "update_distribution")(_update)
    replaces(CloudFrontBackend, "delete_distribution")(_delete)
    replaces(CloudFrontBackend, "create_origin_access_control")(_create_control)
    replace_all(
        CloudFrontResponse,
        {
            "update_origin_access_control": _update_control,
            "delete_origin_access_control": _delete_control,
            "tag_resource": _tagged,
            "untag_resource": _tagged,
            "list_tags_for_resource": _tagged,
        },
    )
