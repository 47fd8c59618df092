"""Parameters of AWS's shapes become requests of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emrsim.api.fleets import fleet_request
from emrsim.api.high_availability import is_highly_available
from emrsim.api.policies import idle_timeout
from emrsim.api.versions import hadoop_version
from emrsim.core.model import BootstrapAction, ClusterRequest, GroupRequest, StepRequest
from emrsim.core.states import ActionOnFailure

Params = Mapping[str, Any]

# What the API itself sets when ActionOnFailure is left out (source: mrjob).
_DEFAULT_ACTION = ActionOnFailure.TERMINATE_CLUSTER
# The names the console of 2014 gave (source: recorded DescribeJobFlows answers).
_MASTER_NAME, _CORE_NAME = "Master instance group", "Core instance group"


def cluster_request(params: Params, region: str) -> ClusterRequest:
    """The request that RunJobFlow's parameters stand for; raises ValidationException for bad versions."""
    instances = params["Instances"]
    several_masters = is_highly_available(instances)
    ami_version, release_label = params.get("AmiVersion") or None, params.get("ReleaseLabel") or None
    return ClusterRequest(
        name=params["Name"],
        groups=_groups(instances),
        steps=step_requests(params.get("Steps", ()), params.get("StepExecutionRoleArn")),
        bootstrap_actions=tuple(_bootstrap_action(entry) for entry in params.get("BootstrapActions", ())),
        log_uri=params.get("LogUri") or None,
        # A cluster with three masters is kept alive and protected, whatever was asked for.
        keep_alive=several_masters or instances.get("KeepJobFlowAliveWhenNoSteps", False),
        termination_protected=several_masters or instances.get("TerminationProtected", False),
        visible_to_all_users=params.get("VisibleToAllUsers", True),
        unhealthy_node_replacement=instances.get("UnhealthyNodeReplacement"),
        idle_timeout=idle_timeout(params["AutoTerminationPolicy"])
        if "AutoTerminationPolicy" in params
        else None,
        managed_scaling=params.get("ManagedScalingPolicy"),
        extended_support=params.get("ExtendedSupport"),
        release_label=release_label,
        ami_version=ami_version,
        hadoop_version=hadoop_version(ami_version, release_label, instances.get("HadoopVersion")),
        step_concurrency=params.get("StepConcurrencyLevel", 1),
        tags=tags(params.get("Tags", ())),
        region=region,
        extra=params,
    )


def step_requests(entries: Sequence[Params], execution_role: str | None) -> tuple[StepRequest, ...]:
    """Steps of RunJobFlow or AddJobFlowSteps."""
    return tuple(_step_request(entry, execution_role) for entry in entries)


def group_requests(entries: Sequence[Params]) -> tuple[GroupRequest, ...]:
    """Groups of RunJobFlow or AddInstanceGroups."""
    return tuple(_group_request(entry) for entry in entries)


def tags(entries: Sequence[Params]) -> tuple[tuple[str, str], ...]:
    """Tags as pairs; boto 2 sends no Value for an empty one."""
    return tuple((entry.get("Key", ""), entry.get("Value", "")) for entry in entries)


def _step_request(entry: Params, execution_role: str | None) -> StepRequest:
    jar = entry["HadoopJarStep"]
    return StepRequest(
        name=entry["Name"],
        jar=jar["Jar"],
        action_on_failure=ActionOnFailure(entry.get("ActionOnFailure", _DEFAULT_ACTION)),
        main_class=jar.get("MainClass"),
        args=tuple(jar.get("Args", ())),
        properties=tuple((pair.get("Key", ""), pair.get("Value", "")) for pair in jar.get("Properties", ())),
        execution_role=execution_role,
    )


def _bootstrap_action(entry: Params) -> BootstrapAction:
    script = entry["ScriptBootstrapAction"]
    return BootstrapAction(entry["Name"], script["Path"], tuple(script.get("Args", ())))


def _group_request(entry: Params) -> GroupRequest:
    return GroupRequest(
        role=entry["InstanceRole"],
        instance_type=entry["InstanceType"],
        count=entry["InstanceCount"],
        name=entry.get("Name", ""),
        market=entry.get("Market", "ON_DEMAND"),
        bid_price=entry.get("BidPrice"),
        auto_scaling=entry.get("AutoScalingPolicy"),
        extra=entry,
    )


def _groups(instances: Params) -> tuple[GroupRequest, ...]:
    """Groups as given, or made from the count: one master, the rest core (docs/facts/api.md#runjobflow)."""
    if "InstanceGroups" in instances:
        return group_requests(instances["InstanceGroups"])
    if "InstanceFleets" in instances:
        return tuple(fleet_request(fleet) for fleet in instances["InstanceFleets"])
    master_type = instances.get("MasterInstanceType", "m1.small")  # assumed; boto always sends one
    master = GroupRequest("MASTER", master_type, 1, _MASTER_NAME)
    core_count = instances.get("InstanceCount", 1) - 1
    if core_count < 1:
        return (master,)
    core_type = instances.get("SlaveInstanceType", master_type)
    return (master, GroupRequest("CORE", core_type, core_count, _CORE_NAME))
