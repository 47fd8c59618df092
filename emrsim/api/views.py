"""Clusters and their parts in the newer shapes: Cluster, Step, InstanceGroup, Instance and summaries.

Members of value None are left out of answers by `wire`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emrsim import releases
from emrsim.api import names
from emrsim.api.versions import running_ami_version
from emrsim.core.model import Cluster, Failure, Instance, InstanceGroup, Reason, Step
from emrsim.core.states import CLUSTER_STATE_NAMES

View = dict[str, Any]

# Members of Cluster that RunJobFlow's parameter of the same name fills.
_GIVEN_BACK = (
    "LogEncryptionKmsKeyId",
    "ServiceRole",
    "SecurityConfiguration",
    "AutoScalingRole",
    "CustomAmiId",
    "EbsRootVolumeSize",
    "RepoUpgradeOnBoot",
    "EbsRootVolumeIops",
    "EbsRootVolumeThroughput",
    "MonitoringConfiguration",
    "SessionEnabled",
)
# Members of Ec2InstanceAttributes, by the member of Instances that fills them.
_EC2_ATTRIBUTES = {
    "Ec2KeyName": "Ec2KeyName",
    "ServiceAccessSecurityGroup": "ServiceAccessSecurityGroup",
    "AdditionalMasterSecurityGroups": "AdditionalMasterSecurityGroups",
    "AdditionalSlaveSecurityGroups": "AdditionalSlaveSecurityGroups",
}

_CLUSTER_VARIABLES = frozenset({"${emr.clusterId}", "${emr:cluster_id}"})
_DEVICE_LETTERS = "bcdefghijklmnopqrstuvwxyz"  # as many devices as can be named; more are not shown


def cluster_view(cluster: Cluster, now: datetime) -> View:
    """The shape Cluster."""
    request, given = cluster.request, cluster.request.extra
    ami_version = None if request.release_label else running_ami_version(request.ami_version)
    return {
        **cluster_summary(cluster, now),
        **{name: given.get(name) for name in _GIVEN_BACK},
        "Ec2InstanceAttributes": _ec2_attributes(given, cluster.region),
        "InstanceCollectionType": "INSTANCE_FLEET" if cluster.uses_fleets else "INSTANCE_GROUP",
        "LogUri": shown_log_uri(request.log_uri),
        "Configurations": given.get("Configurations", []),
        "ScaleDownBehavior": scale_down_behavior(cluster),
        "KerberosAttributes": _kerberos(given.get("KerberosAttributes", {})),
        "OSReleaseLabel": _os_release_label(cluster),
        "RequestedAmiVersion": request.ami_version,
        "RunningAmiVersion": ami_version,
        "ReleaseLabel": request.release_label,
        "AutoTerminate": not cluster.keep_alive,
        "TerminationProtected": cluster.termination_protected,
        "UnhealthyNodeReplacement": cluster.unhealthy_node_replacement,
        "VisibleToAllUsers": cluster.visible_to_all_users,
        "Applications": _applications(cluster),
        "Tags": [{"Key": key, "Value": value} for key, value in cluster.tags.items()],
        "MasterPublicDnsName": master_dns_name(cluster),
        "StepConcurrencyLevel": cluster.step_concurrency,
        "ExtendedSupport": cluster.extended_support,
        "PlacementGroups": [
            # The default is that of masters (source: API Reference, PlacementGroupConfig).
            {"PlacementStrategy": "SPREAD", **entry}
            for entry in given.get("PlacementGroupConfigs", ())
        ],
    }


def shown_log_uri(uri: str | None) -> str | None:
    """A LogUri as the service shows it: `s3n://bucket/folder/` for `s3://bucket/folder`.

    Source: recorded answers (cloud-custodian, rusoto); the logs are where they were asked for.
    """
    if uri is None:
        return None
    scheme, _, rest = uri.partition("://")
    return f"{'s3n' if scheme == 's3' else scheme}://{rest.rstrip('/')}/"


def scale_down_behavior(cluster: Cluster) -> str | None:
    """As given, else the default of the release (source: Management Guide, emr-scaledown-behavior)."""
    given: str | None = cluster.request.extra.get("ScaleDownBehavior")
    release = releases.find(cluster.request.release_label or "")
    if given or release is None or release.number < (5, 1, 0):
        return given
    return "TERMINATE_AT_INSTANCE_HOUR" if release.number < (5, 10, 0) else "TERMINATE_AT_TASK_COMPLETION"


def _kerberos(given: Mapping[str, Any]) -> View:
    """Without the passwords, which are never shown (source: terraform-provider-aws, cluster.go)."""
    return {name: value for name, value in given.items() if not name.endswith("Password")}


def _os_release_label(cluster: Cluster) -> str | None:
    """As given, else the newest of the release (source: Management Guide); none with a custom AMI."""
    given: str | None = cluster.request.extra.get("OSReleaseLabel")
    release = releases.find(cluster.request.release_label or "")
    if given or release is None or cluster.request.extra.get("CustomAmiId"):
        return given
    return next(iter(release.os_labels), None)


def cluster_summary(cluster: Cluster, now: datetime) -> View:
    """The shape ClusterSummary."""
    return {
        "Id": cluster.id,
        "Name": cluster.request.name,
        "Status": {
            "State": CLUSTER_STATE_NAMES[cluster.state],
            "StateChangeReason": _reason(cluster.reason),
            "Timeline": {
                "CreationDateTime": cluster.created_at,
                "ReadyDateTime": cluster.ready_at,
                "EndDateTime": cluster.ended_at,
            },
        },
        "NormalizedInstanceHours": names.normalized_instance_hours(cluster, now),
        "ClusterArn": names.cluster_arn(cluster),
    }


def master_dns_name(cluster: Cluster) -> str | None:
    """The master's public name, from bootstrapping on and after the end (docs/facts/api.md#dns-names)."""
    master = cluster.master
    if master is None or cluster.state.value == "STARTING":
        return None
    return names.public_dns_name(master, cluster.region)


def _ec2_attributes(given: Mapping[str, Any], region: str) -> View:
    instances = given["Instances"]
    attributes = {ours: instances.get(theirs) for theirs, ours in _EC2_ATTRIBUTES.items()}
    placement = instances.get("Placement", {})
    requested = instances.get("Ec2SubnetIds") or [one for one in [instances.get("Ec2SubnetId")] if one]
    managed = {
        name: instances.get(name) or names.security_group_id(name, region)
        for name in ("EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup")
    }
    return {
        **attributes,
        **managed,
        "RequestedEc2SubnetIds": requested,
        "Ec2SubnetId": subnet(instances),
        "Ec2AvailabilityZone": availability_zone(instances, region),
        "RequestedEc2AvailabilityZones": placement.get("AvailabilityZones", []),
        "IamInstanceProfile": given.get("JobFlowRole"),
    }


def availability_zone(instances: Mapping[str, Any], region: str) -> str:
    """Where a cluster is: of several zones asked for, in the first (AWS chooses by capacity)."""
    placement = instances.get("Placement", {})
    zones = placement.get("AvailabilityZones") or [f"{region}a"]
    return str(placement.get("AvailabilityZone") or zones[0])


def subnet(instances: Mapping[str, Any]) -> str | None:
    """The subnet of a cluster: of several asked for, the first."""
    return instances.get("Ec2SubnetId") or next(iter(instances.get("Ec2SubnetIds", ())), None)


def _applications(cluster: Cluster) -> list[View]:
    """What was asked for, in AWS's spelling and with versions; without any, Hadoop, or Spark where the
    release has no Hadoop to ask for (source: docs/facts/api.md#runjobflow; the last assumed).

    On an AMI version the products that were asked for stand beside Hadoop (assumed).
    """
    request, given = cluster.request, cluster.request.extra
    if request.release_label is None and given.get("Applications"):  # no version at all was given
        return [
            {**entry, "Name": releases.application_name(entry.get("Name", "")) or entry.get("Name")}
            for entry in given["Applications"]
        ]
    if request.release_label is None:
        products = [{"Name": name} for name in given.get("SupportedProducts", ())]
        return [
            {"Name": "hadoop", "Version": request.hadoop_version},
            *products,
            *given.get("NewSupportedProducts", ()),
        ]
    release = releases.find(request.release_label)
    if release is None:
        return list(given.get("Applications", ()))
    usual = "Hadoop" if release.application("Hadoop") else "Spark"
    return [_application(release, entry) for entry in given.get("Applications") or [{"Name": usual}]]


def _application(release: releases.Release, given: View) -> View:
    """The shape Application; what was given beside the name is shown as it was given."""
    found = release.application(given.get("Name", ""))
    if found is None:
        return given
    return {**given, "Name": found.name, "Version": found.version}


def step_view(step: Step) -> View:
    """The shape Step, and StepSummary, which lacks a member that `wire` leaves out then."""
    request = step.request
    return {
        "Id": step.id,
        "Name": request.name,
        "Config": {
            "Jar": request.jar,
            "Properties": dict(request.properties),
            "MainClass": request.main_class or None,
            "Args": list(request.args),
        },
        "ActionOnFailure": request.action_on_failure.value,
        "ExecutionRoleArn": request.execution_role,
        "Status": {
            "State": step.state.value,
            "StateChangeReason": _reason(step.reason),
            "FailureDetails": _failure(step.failure) if step.failure else None,
            "Timeline": {
                "CreationDateTime": step.created_at,
                "StartDateTime": step.started_at,
                "EndDateTime": step.ended_at,
            },
        },
    }


def _failure(failure: Failure) -> View:
    return {"Reason": failure.reason, "Message": failure.message, "LogFile": failure.log_file}


def group_view(cluster: Cluster, group: InstanceGroup) -> View:
    """The shape InstanceGroup."""
    request = group.request
    return {
        "Id": group.id,
        "Name": request.name,
        "Market": request.market,
        "InstanceGroupType": request.role,
        "BidPrice": request.bid_price,
        "InstanceType": request.instance_type,
        "RequestedInstanceCount": group.requested_count,
        "RunningInstanceCount": cluster.running_count(group.id),
        "Status": group_status(group),
        "AutoScalingPolicy": auto_scaling_view(cluster, group),
        "Configurations": list(group.configurations),
        "ConfigurationsVersion": group.configurations_version,
        "LastSuccessfullyAppliedConfigurations": list(group.configurations_in_effect),
        "LastSuccessfullyAppliedConfigurationsVersion": group.applied_version,
        **ebs_view(request.extra.get("EbsConfiguration")),
        "ShrinkPolicy": group.changed.get("ShrinkPolicy", {}),
        "CustomAmiId": request.extra.get("CustomAmiId"),
    }


def ebs_view(given: Mapping[str, Any] | None) -> View:
    """The members EbsBlockDevices and EbsOptimized, of an EbsConfiguration as it was given.

    The devices of an instance are named from /dev/sdb on (assumed).
    """
    volumes = [
        config["VolumeSpecification"]
        for config in (given or {}).get("EbsBlockDeviceConfigs", ())
        for _ in range(min(config.get("VolumesPerInstance", 1), len(_DEVICE_LETTERS)))
    ]
    return {
        "EbsBlockDevices": [
            {"VolumeSpecification": volume, "Device": f"/dev/sd{letter}"}
            for volume, letter in zip(volumes, _DEVICE_LETTERS, strict=False)
        ],
        "EbsOptimized": (given or {}).get("EbsOptimized"),
    }


def group_status(group: InstanceGroup) -> View:
    """The shapes InstanceGroupStatus and InstanceFleetStatus."""
    return {
        "State": group.state.value,
        # An empty message is shown, too (source: recorded answers).
        "StateChangeReason": {"Code": group.reason.code or None, "Message": group.reason.message},
        "Timeline": {
            "CreationDateTime": group.created_at,
            "ReadyDateTime": group.ready_at,
            "EndDateTime": group.ended_at,
        },
    }


def auto_scaling_view(cluster: Cluster, group: InstanceGroup) -> View | None:
    """The shape AutoScalingPolicyDescription of a group, if it has a policy."""
    if group.auto_scaling is None:
        return None
    rules = [_rule_view(cluster, rule) for rule in group.auto_scaling.get("Rules", ())]
    status = {"State": "ATTACHED", "StateChangeReason": {}}
    return {"Status": status, **group.auto_scaling, "Rules": rules}


def _rule_view(cluster: Cluster, rule: Mapping[str, Any]) -> View:
    """A rule; its alarm is that of the cluster (source: Management Guide, emr-automatic-scaling).

    Without dimensions the alarm has the one that names the cluster; `${emr.clusterId}` stands for its id.
    """
    alarm = rule["Trigger"]["CloudWatchAlarmDefinition"]
    given = alarm.get("Dimensions") or [{"Key": "JobFlowId", "Value": cluster.id}]
    dimensions = [
        {**one, "Value": cluster.id} if one.get("Value") in _CLUSTER_VARIABLES else one for one in given
    ]
    trigger = {**rule["Trigger"], "CloudWatchAlarmDefinition": {**alarm, "Dimensions": dimensions}}
    return {**rule, "Trigger": trigger}


def instance_view(cluster: Cluster, instance: Instance) -> View:
    """The shape Instance."""
    return {
        "Id": instance.id,
        "Ec2InstanceId": instance.ec2_id,
        "PublicDnsName": names.public_dns_name(instance, cluster.region),
        "PublicIpAddress": instance.address,
        "PrivateDnsName": names.private_dns_name(instance, cluster.region),
        "PrivateIpAddress": names.private_address(instance),
        "Status": {
            "State": instance.state.value,
            "StateChangeReason": _reason(instance.reason),
            "Timeline": {
                "CreationDateTime": instance.created_at,
                "ReadyDateTime": instance.ready_at,
                "EndDateTime": instance.ended_at,
            },
        },
        "InstanceFleetId" if cluster.uses_fleets else "InstanceGroupId": instance.group_id,
        "Market": instance.kind.market,
        "InstanceType": instance.kind.instance_type,
        "EbsVolumes": [],
    }


def _reason(reason: Reason) -> View:
    return {"Code": reason.code or None, "Message": reason.message or None}
