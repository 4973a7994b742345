"""What scaling policies and scheduled actions may say."""

from __future__ import annotations

from ...types import Flag, Integer, ListOf, MapOf, Number, SetOf, Struct, Text

DIMENSIONS = MapOf(pair=("name", "value"))
STATISTICS = ("Average", "Minimum", "Maximum", "SampleCount", "Sum")
PREDEFINED = Struct({"predefinedMetricType": Text(), "resourceLabel": Text()}, required=("predefinedMetricType",))
QUERY = Struct({
    "id": Text(),
    "expression": Text(),
    "label": Text(),
    "metricStat": Struct({
        "metric": Struct({"namespace": Text(), "metricName": Text(), "dimensions": DIMENSIONS}),
        "stat": Text(),
        "unit": Text(),
    }, required=("metric", "stat")),
    "returnData": Flag(),
}, required=("id",))  # fmt: skip
CUSTOMIZED = Struct({
    "namespace": Text(),
    "metricName": Text(),
    "dimensions": DIMENSIONS,
    "statistic": Text(enum=STATISTICS),
    "unit": Text(),
    "metrics": SetOf(QUERY, by="id"),
})  # fmt: skip
TRACKING = Struct({
    "targetValue": Number(),
    "predefinedMetricSpecification": PREDEFINED,
    "customizedMetricSpecification": CUSTOMIZED,
    "scaleOutCooldown": Integer(0),
    "scaleInCooldown": Integer(0),
    "disableScaleIn": Flag(),
}, required=("targetValue",), defaults={"disableScaleIn": False})  # fmt: skip
STEPS = Struct({
    "adjustmentType": Text(enum=("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity")),
    "stepAdjustments": ListOf(Struct({
        "metricIntervalLowerBound": Number(),
        "metricIntervalUpperBound": Number(),
        "scalingAdjustment": Integer(),
    }, required=("scalingAdjustment",))),
    "minAdjustmentMagnitude": Integer(1),
    "cooldown": Integer(0),
    "metricAggregationType": Text(enum=("Average", "Minimum", "Maximum")),
}, required=("adjustmentType", "stepAdjustments"))  # fmt: skip

POLICIES = SetOf(Struct({
    "policyName": Text(length=(1, 256)),
    "policyType": Text(enum=("TargetTrackingScaling", "StepScaling")),
    "targetTrackingScalingPolicyConfiguration": TRACKING,
    "stepScalingPolicyConfiguration": STEPS,
}, required=("policyName", "policyType")), by="policyName")  # fmt: skip

ACTIONS = SetOf(Struct({
    "scheduledActionName": Text(length=(1, 256)),
    "schedule": Text(pattern=r"^((at|rate|cron)\(.+\)|.*\$\{.*)$"),
    "timezone": Text(),
    "scalableTargetAction": Struct({"minCapacity": Integer(0), "maxCapacity": Integer(0)}),
}, required=("scheduledActionName", "schedule", "scalableTargetAction")), by="scheduledActionName")  # fmt: skip
