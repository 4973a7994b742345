"""Distribution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, writes
from . import CLOUDFRONT, TAGS, merged
from .config import CONFIG

ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone that every alias record to CloudFront names; AWS has one for all."""


class Distribution(Kind):
    """A cache near the viewers, in front of origins."""

    service = CLOUDFRONT
    api = Api(
        "ListDistributions", "distributionList", "id", "arn", create="CreateDistributionWithTags", delete="DeleteDistribution",
        missing=("NoSuchDistribution",), status="status", ready=frozenset({"Deployed"}),
    )  # fmt: skip
    arn_like = ":distribution/"
    deadline = 1800
    while_pending = frozenset({"distributionConfig"})
    attributes = {"domainName": "domainName", "hostedZoneId": "hostedZoneId"}
    left_out = (
        "Field-level encryption, real-time logs, Lambda@Edge, signed URLs, origin groups, VPC origins, mutual TLS, tenants and"
        " the legacy forwardedValues and TTLs, which cache policies replace. Lists are plain lists, without their quantity."
    )

    distributionConfig = field(CONFIG, "What it answers to, where it fetches from, how it caches.", required=True)
    tags = field(TAGS, "Tags, beside those of the stack.")

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """A behaviour must lead to an origin that exists, and own names need a certificate."""
        config = spec["distributionConfig"]
        origins = [origin.get("id") for origin in config["origins"]]
        places = [("defaultCacheBehavior", config["defaultCacheBehavior"])]
        places += [(f"cacheBehaviors[{i}]", behaviour) for i, behaviour in enumerate(config.get("cacheBehaviors", ()))]
        for path, behaviour in places:
            if isinstance(behaviour["targetOriginId"], str) and behaviour["targetOriginId"] not in origins:
                yield (
                    f"distributionConfig.{path}.targetOriginId",
                    f'"{behaviour["targetOriginId"]}" is not an origin here. Origins: {", ".join(map(str, origins))}',
                )
        if config.get("aliases") and "acmCertificateArn" not in config.get("viewerCertificate", {}):
            yield "distributionConfig.aliases", "names of one's own need a viewerCertificate with an acmCertificateArn"

    def key(self, want: Wanted) -> str:
        """Two distributions cannot answer to one name."""
        aliases = (
            want["distributionConfig"].get("aliases") if isinstance(want.get("distributionConfig"), dict) else None
        )
        return str(aliases[0]).lower() if aliases else ""

    def key_of(self, raw: Raw) -> str:
        """Return its first name."""
        return str(next(iter((raw.get("aliases") or {}).get("items") or ()), "")).lower()

    def listing(self, ask: Ask) -> Program[Any]:
        """List all: an account has few."""
        del ask
        answer = yield self.call("ListDistributions")
        return (answer or {}).get("distributionList", {}).get("items") or ()

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the whole configuration, with the ETag that the next change must name."""
        del ask
        answer = yield self.call("GetDistribution", id=raw["id"], missing=self.api.missing)
        if not answer:
            return None
        found = answer["distribution"]
        return {**found, "eTag": answer["eTag"], "hostedZoneId": ZONE}

    def inspect(self, live: Live) -> Program[str]:
        """Say what its state means to who waits for it."""
        said = yield from super().inspect(live)
        return f"{said}: its last change is on its way to the edges, for some minutes. Wait" if said else ""

    def create(self, want: Wanted) -> Calls:
        """The caller reference is unique per distribution that ever was."""
        config = {
            "comment": "",
            **CONFIG.encode(want["distributionConfig"]),
            "callerReference": f"{want.address}-{want.token}",
        }
        tags = CLOUDFRONT.create_tags("", want.tags)
        yield self.call("CreateDistributionWithTags", distributionConfigWithTags={"distributionConfig": config, **tags})

    @writes("distributionConfig")
    def set_config(self, want: Wanted, live: Live) -> Calls:
        """AWS takes the whole configuration only: what git leaves out stays as it is."""
        config = merged(live.raw["distributionConfig"], CONFIG.encode(want["distributionConfig"]))
        yield self.call("UpdateDistribution", id=live.id, ifMatch=live.raw["eTag"], distributionConfig=config)

    def delete(self, live: Live) -> Calls:
        """Only what is switched off everywhere can be deleted; the next look takes the next step."""
        if live.spec["distributionConfig"]["enabled"]:
            config = {**live.raw["distributionConfig"], "enabled": False}
            yield self.call("UpdateDistribution", id=live.id, ifMatch=live.raw["eTag"], distributionConfig=config)
        elif live.raw["status"] == "Deployed":
            yield self.call("DeleteDistribution", id=live.id, ifMatch=live.raw["eTag"], missing=self.api.missing)
