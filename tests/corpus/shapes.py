"""Where CloudFormation's shape of a property is another than the API's: brought to the API's, in its own names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Properties = Mapping[str, Any]

PEERS = {
    "SourceSecurityGroupId": "GroupId",
    "DestinationSecurityGroupId": "GroupId",
    "SourcePrefixListId": "PrefixListId",
    "DestinationPrefixListId": "PrefixListId",
}
"""CloudFormation says on which end of a rule a peer is."""


def renamed(tree: Any, names: Mapping[str, str]) -> Any:
    """Return the tree with these names changed, at every depth."""
    if isinstance(tree, Mapping):
        return {names.get(name, name): renamed(inner, names) for name, inner in tree.items()}
    return [renamed(inner, names) for inner in tree] if isinstance(tree, list) else tree


def without(tree: Any, name: str) -> Any:
    """Return the tree without what stands under this name, at every depth."""
    if isinstance(tree, Mapping):
        return {said: without(inner, name) for said, inner in tree.items() if said != name}
    return [without(inner, name) for inner in tree] if isinstance(tree, list) else tree


def mapped(properties: Properties, **changes: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the properties with some of those that are there changed."""
    return {
        name: changes[name](value) if name in changes and value is not None else value
        for name, value in properties.items()
    }


def security_group(properties: Properties) -> Properties:
    """A rule names its peer by the end on which it is; a live one says -1 for all ports."""
    names = dict.fromkeys(("SecurityGroupIngress", "SecurityGroupEgress"), lambda rules: renamed(rules, PEERS))
    return mapped(properties, **names)


def route(properties: Properties) -> Properties:
    """A route is part of its table. A live one repeats its target and its destination under other names."""
    api = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "GatewayId", "NatGatewayId",
           "VpcPeeringConnectionId", "TransitGatewayId", "EgressOnlyInternetGatewayId", "NetworkInterfaceId")  # fmt: skip
    return {"Routes": [{name: properties[name] for name in api if properties.get(name)}]}


def acl_entry(properties: Properties) -> Properties:
    """An entry is part of its ACL."""
    said = renamed(properties, {"Icmp": "IcmpTypeCode"})
    entry = {name: value for name, value in said.items() if name not in ("Egress", "NetworkAclId", "Id")}
    return {"Egress" if properties.get("Egress") else "Ingress": [{**entry, "Protocol": str(entry["Protocol"])}]}


def subscription(properties: Properties) -> Properties:
    """A subscription is part of its topic."""
    return {"Subscriptions": [{name: v for name, v in properties.items() if name not in ("TopicArn", "Arn", "Region")}]}


def topic(properties: Properties) -> Properties:
    """Live, a topic shows its subscriptions in the singular."""
    return {"Subscriptions" if name == "Subscription" else name: value for name, value in properties.items()}


def budget(properties: Properties) -> Properties:
    """What the budget is made of stands one level deeper; a notification and its subscribers stand side by side."""
    told = dict(properties.get("Budget", {}))
    for name in ("NotificationsWithSubscribers", "ResourceTags"):
        if properties.get(name) is not None:
            told["Tags" if name == "ResourceTags" else "Notifications"] = [
                {**item["Notification"], "Subscribers": item.get("Subscribers", [])} if "Notification" in item else item
                for item in properties[name]
            ]
    return told


def distribution(properties: Properties) -> Properties:
    """A distribution's behaviors say as two lists what the API says as one within the other."""

    def behavior(told: Any) -> Any:
        methods = {"Items": told["AllowedMethods"]} if "AllowedMethods" in told else {}
        cached = {"CachedMethods": told["CachedMethods"]} if "CachedMethods" in told else {}
        rest = {name: value for name, value in told.items() if name not in ("AllowedMethods", "CachedMethods")}
        return {**rest, **({"AllowedMethods": {**methods, **cached}} if methods else {})}

    def origin(told: Any) -> Any:
        names = {"OriginSSLProtocols": "OriginSslProtocols", "OriginCustomHeaders": "CustomHeaders"}
        return renamed(renamed(told, names), {"HTTPPort": "HttpPort", "HTTPSPort": "HttpsPort"})

    def config(told: Any) -> Any:
        return mapped(
            told,
            DefaultCacheBehavior=behavior,
            CacheBehaviors=lambda items: [behavior(item) for item in items],
            Origins=lambda items: [origin(item) for item in items],
            Restrictions=lambda inner: renamed(inner, {"Locations": "Items"}),
        )

    return mapped(properties, DistributionConfig=config)


def bucket(properties: Properties) -> Properties:
    """S3's configurations, nearly all of which CloudFormation shortens."""
    cors = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds", "Id": "ID"}
    default = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    logging = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    return mapped(
        properties,
        BucketEncryption=lambda told: {"Rules": renamed(told["ServerSideEncryptionConfiguration"], default)},
        CorsConfiguration=lambda told: renamed(told, cors),
        LifecycleConfiguration=lambda told: {"Rules": [_lifecycle(rule) for rule in told["Rules"]]},
        LoggingConfiguration=lambda told: {"LoggingEnabled": {"TargetPrefix": "", **renamed(told, logging)}},
        NotificationConfiguration=_notifications,
        WebsiteConfiguration=_website,
    )


def _lifecycle(rule: Properties) -> dict[str, Any]:
    told = {name: rule[name] for name in ("Id", "Status", "AbortIncompleteMultipartUpload") if name in rule}
    parts: dict[str, Any] = {
        **({"Prefix": rule["Prefix"]} if rule.get("Prefix") else {}),
        **{n: int(rule[n]) for n in ("ObjectSizeGreaterThan", "ObjectSizeLessThan") if rule.get(n) is not None},
    }
    tags = rule.get("TagFilters") or []
    one = {**({"Tag": tags[0]} if tags else {}), **parts}
    told["Filter"] = {"And": {**parts, **({"Tags": tags} if tags else {})}} if len(parts) + len(tags) > 1 else one
    days = {"Days": rule.get("ExpirationInDays"), "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker")}
    old = rule.get("NoncurrentVersionExpiration") or (
        {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
        if "NoncurrentVersionExpirationInDays" in rule
        else {}
    )
    moves = rule.get("Transitions") or ([rule["Transition"]] if "Transition" in rule else [])
    names = {"TransitionInDays": "Days"}
    older = renamed(rule.get("NoncurrentVersionTransitions") or [], {"TransitionInDays": "NoncurrentDays"})
    told |= {"Expiration": {n: v for n, v in days.items() if v is not None}, "Transitions": renamed(moves, names)}
    told |= {"NoncurrentVersionExpiration": old, "NoncurrentVersionTransitions": older}
    return {name: value for name, value in told.items() if value or name == "Filter"}


def _notifications(told: Properties) -> dict[str, Any]:
    heads = {"Topic": "TopicArn", "Queue": "QueueArn", "Function": "LambdaFunctionArn"}
    lists = {"LambdaConfigurations": "LambdaFunctionConfigurations"}
    found: dict[str, Any] = {}
    for name, items in told.items():
        if not isinstance(items, list):
            found[name] = {}
            continue
        found[lists.get(name, name)] = [
            {**renamed({n: v for n, v in item.items() if n != "Event"}, {**heads, "S3Key": "Key", "Rules": "FilterRules"}),
             "Events": [item["Event"]]}
            for item in items
        ]  # fmt: skip
    return found


def _website(told: Properties) -> dict[str, Any]:
    rules = {"RoutingRuleCondition": "Condition", "RedirectRule": "Redirect"}
    said = renamed(told, rules)
    return mapped(
        said, IndexDocument=lambda suffix: {"Suffix": suffix}, ErrorDocument=lambda key: {"Key": key}
    )  # fmt: skip


def web_acl(properties: Properties) -> Properties:
    """Live, CloudFormation says what is searched for twice."""
    return mapped(properties, Rules=lambda rules: without(rules, "SearchStringBase64"))


def backup_plan(properties: Properties) -> Properties:
    """A plan's rules stand in the singular, and their vault has a shorter name."""
    names = {"BackupPlanRule": "Rules", "TargetBackupVault": "TargetBackupVaultName"}
    return mapped(properties, BackupPlan=lambda told: renamed(told, names))


def backup_selection(properties: Properties) -> Properties:
    """A selection is part of its plan."""
    return {"Selections": [properties["BackupSelection"]]}


def scaling_policy(properties: Properties) -> Properties:
    """A scaling policy is part of its target."""
    own = ("ServiceNamespace", "ResourceId", "ScalableDimension", "ScalingTargetId", "Arn")
    return {"ScalingPolicies": [{name: value for name, value in properties.items() if name not in own}]}


def monitor(properties: Properties) -> Properties:
    """What a monitor watches is a text."""
    return mapped(properties, MonitorSpecification=lambda told: json.loads(told) if isinstance(told, str) else told)


def repository(properties: Properties) -> Properties:
    """The lifecycle policy is a text within an object."""
    return mapped(properties, LifecyclePolicy=lambda told: told.get("LifecyclePolicyText", {}))


SHAPES: Mapping[str, Callable[[Properties], Properties]] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": scaling_policy,
    "AWS::Backup::BackupPlan": backup_plan,
    "AWS::Backup::BackupSelection": backup_selection,
    "AWS::Budgets::Budget": budget,
    "AWS::CE::AnomalyMonitor": monitor,
    "AWS::CloudFront::Distribution": distribution,
    "AWS::EC2::NetworkAclEntry": acl_entry,
    "AWS::EC2::Route": route,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::ECR::Repository": repository,
    "AWS::S3::Bucket": bucket,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::WAFv2::WebACL": web_acl,
}
"""CloudFormation's type → what brings its properties to the API's shape."""
