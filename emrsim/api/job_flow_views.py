"""Clusters in the old shapes of DescribeJobFlows: JobFlowDetail and what is in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emrsim.api import names
from emrsim.api.versions import running_ami_version
from emrsim.api.views import (
    View,
    availability_zone,
    master_dns_name,
    scale_down_behavior,
    shown_log_uri,
    subnet,
)
from emrsim.core.limits import DESCRIBED_STEPS_MAX
from emrsim.core.model import BootstrapAction, Cluster, InstanceGroup, Step
from emrsim.core.states import JOB_FLOW_GROUP_STATE_NAMES, StepState


def job_flow_view(cluster: Cluster, now: datetime) -> View:
    """The shape JobFlowDetail. Steps stand in the order they were added, the last 256 of them."""
    request, given = cluster.request, cluster.request.extra
    steps = list(cluster.steps.values())[-DESCRIBED_STEPS_MAX:]
    return {
        "JobFlowId": cluster.id,
        "Name": request.name,
        "LogUri": shown_log_uri(request.log_uri),
        "LogEncryptionKmsKeyId": given.get("LogEncryptionKmsKeyId"),
        "AmiVersion": None if request.release_label else running_ami_version(request.ami_version),
        "ExecutionStatusDetail": {
            "State": cluster.state.value,
            "CreationDateTime": cluster.created_at,
            # Not the creation: both are set when the job flow is ready (docs/facts/states.md#timelines).
            "StartDateTime": cluster.ready_at,
            "ReadyDateTime": cluster.ready_at,
            "EndDateTime": cluster.ended_at,
            "LastStateChangeReason": cluster.reason.message or None,
        },
        "Instances": _instances(cluster, now),
        "Steps": [_step(step) for step in steps],
        "BootstrapActions": [_bootstrap_action(action) for action in request.bootstrap_actions],
        "SupportedProducts": [
            *given.get("SupportedProducts", ()),
            *(product.get("Name") for product in given.get("NewSupportedProducts", ())),
        ],
        "VisibleToAllUsers": cluster.visible_to_all_users,
        "JobFlowRole": given.get("JobFlowRole"),
        "ServiceRole": given.get("ServiceRole"),
        "AutoScalingRole": given.get("AutoScalingRole"),
        "ScaleDownBehavior": scale_down_behavior(cluster),
    }


def _instances(cluster: Cluster, now: datetime) -> View:
    given: dict[str, Any] = cluster.request.extra["Instances"]
    types = {group.request.role: group.request.instance_type for group in cluster.groups.values()}
    master_name = master_dns_name(cluster)
    return {
        "MasterInstanceType": types["MASTER"],
        "SlaveInstanceType": types.get("CORE") or given.get("SlaveInstanceType", types["MASTER"]),
        "InstanceCount": cluster.requested_instance_count,
        "MasterInstanceId": cluster.master.ec2_id if cluster.master and master_name else None,
        "MasterPublicDnsName": master_name,
        "NormalizedInstanceHours": names.normalized_instance_hours(cluster, now),
        "HadoopVersion": cluster.request.hadoop_version,
        "Ec2KeyName": given.get("Ec2KeyName"),
        "Ec2SubnetId": subnet(given),
        "Placement": {
            **given.get("Placement", {}),
            "AvailabilityZone": availability_zone(given, cluster.region),
        },
        "KeepJobFlowAliveWhenNoSteps": cluster.keep_alive,
        "TerminationProtected": cluster.termination_protected,
        "UnhealthyNodeReplacement": cluster.unhealthy_node_replacement,
        # The old interface knows no fleets.
        "InstanceGroups": []
        if cluster.uses_fleets
        else [_group(cluster, group) for group in cluster.groups.values()],
    }


def _group(cluster: Cluster, group: InstanceGroup) -> View:
    request = group.request
    return {
        "InstanceGroupId": group.id,
        "Name": request.name,
        "Market": request.market,
        "InstanceRole": request.role,
        "BidPrice": request.bid_price,
        "InstanceType": request.instance_type,
        "InstanceRequestCount": group.requested_count,
        "InstanceRunningCount": cluster.running_count(group.id),
        "State": JOB_FLOW_GROUP_STATE_NAMES[group.state],
        "LastStateChangeReason": group.reason.message or None,
        "CreationDateTime": group.created_at,
        "StartDateTime": group.started_at,
        "ReadyDateTime": group.ready_at,
        "EndDateTime": group.ended_at,
        "CustomAmiId": request.extra.get("CustomAmiId"),
    }


def _step(step: Step) -> View:
    """The shape StepDetail; it carries no id (source: botocore's model)."""
    request = step.request
    # The old vocabulary has no word for a step that is being cancelled.
    state = StepState.RUNNING if step.state is StepState.CANCEL_PENDING else step.state
    return {
        "StepConfig": {
            "Name": request.name,
            "ActionOnFailure": request.action_on_failure.value,
            "HadoopJarStep": {
                "Jar": request.jar,
                "MainClass": request.main_class or None,
                "Args": list(request.args),
                "Properties": [{"Key": key, "Value": value} for key, value in request.properties],
            },
        },
        "ExecutionStatusDetail": {
            "State": state.value,
            "CreationDateTime": step.created_at,
            "StartDateTime": step.started_at,
            "EndDateTime": step.ended_at,
            "LastStateChangeReason": step.reason.message or None,
        },
    }


def _bootstrap_action(action: BootstrapAction) -> View:
    script = {"Path": action.path, "Args": list(action.args)}
    return {"BootstrapActionConfig": {"Name": action.name, "ScriptBootstrapAction": script}}
