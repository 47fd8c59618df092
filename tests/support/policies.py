"""Scaling policies in the API's shapes."""

from __future__ import annotations

from typing import Any


def limits(low: int, high: int, unit: str = "Instances", **more: int) -> dict[str, Any]:
    """A ManagedScalingPolicy."""
    compute = {"UnitType": unit, "MinimumCapacityUnits": low, "MaximumCapacityUnits": high, **more}
    return {"ComputeLimits": compute}


def auto_scaling(low: int = 1, high: int = 3) -> dict[str, Any]:
    """An AutoScalingPolicy of one rule."""
    alarm = {
        "ComparisonOperator": "LESS_THAN",
        "MetricName": "YARNMemoryAvailablePercentage",
        "Period": 300,
        "Threshold": 15.5,
        "Dimensions": [{"Key": "JobFlowId", "Value": "${emr.clusterId}"}],
    }
    rule = {
        "Name": "grow",
        "Action": {"SimpleScalingPolicyConfiguration": {"ScalingAdjustment": 1}},
        "Trigger": {"CloudWatchAlarmDefinition": alarm},
    }
    return {"Constraints": {"MinCapacity": low, "MaxCapacity": high}, "Rules": [rule]}


AUTO_SCALING = auto_scaling()
