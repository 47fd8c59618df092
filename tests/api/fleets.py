"""Clusters of instance fleets."""

from __future__ import annotations

from typing import Any

from tests.support.calls import Caller

RELEASE = "emr-5.36.0"


def fleet(role: str, on_demand: int = 1, spot: int = 0) -> dict[str, Any]:
    """An instance fleet of one type of machine."""
    return {
        "InstanceFleetType": role,
        "TargetOnDemandCapacity": on_demand,
        "TargetSpotCapacity": spot,
        "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}],
    }


def kept_alive(fleets: list[dict[str, Any]]) -> dict[str, Any]:
    return {"InstanceFleets": fleets, "KeepJobFlowAliveWhenNoSteps": True}


def run_with_fleets(emr: Caller) -> str:
    """The id of a new cluster with a master and a core fleet."""
    return emr.run(ReleaseLabel=RELEASE, Instances=kept_alive([fleet("MASTER"), fleet("CORE")]))


def exclusion(uses: str, operation: str, other: str) -> str:
    """What a call for the other way to configure instances is refused with."""
    return (
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the "
        f"request uses instance {uses}. The {operation} operation does not support clusters that use "
        f"instance {uses}. Use the {other} operation instead."
    )
