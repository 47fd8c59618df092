"""One call of each operation that gets an answer with as much in it as there can be.

An exercise may make what it needs first; the last call it makes is that of its operation. Those of
operations that are not built yet are written from botocore's model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.studios import FULL_STUDIO, POLICY, create_studio
from tests.waiting import wait_until

Exercise = Callable[[Any], Any]

_GROUPS = [
    {"InstanceRole": "MASTER", "InstanceType": "m4.large", "InstanceCount": 1, "Name": "master"},
    {
        "InstanceRole": "CORE",
        "InstanceType": "m4.large",
        "InstanceCount": 2,
        "Market": "SPOT",
        "BidPrice": "0.1",
        "Configurations": [{"Classification": "core-site", "Properties": {"a": "b"}, "Configurations": []}],
    },
]
_TASKS = [{"InstanceRole": "TASK", "InstanceType": "m4.large", "InstanceCount": 1}]
_STEP = {
    "Name": "a step",
    "ActionOnFailure": "CONTINUE",
    "HadoopJarStep": {
        "Jar": "s3://bucket/none.jar",
        "Args": ["a", "b"],
        "MainClass": "Main",
        "Properties": [{"Key": "k", "Value": "v"}],
    },
}
_FLEETS = [
    {
        "InstanceFleetType": kind,
        "TargetOnDemandCapacity": 1,
        "InstanceTypeConfigs": [{"InstanceType": "m4.large"}],
    }
    for kind in ("MASTER", "CORE")
]
_SCALING = {"ComputeLimits": {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 3}}
_AUTO_SCALING = {
    "Constraints": {"MinCapacity": 1, "MaxCapacity": 3},
    "Rules": [
        {
            "Name": "grow",
            "Action": {"SimpleScalingPolicyConfiguration": {"ScalingAdjustment": 1}},
            "Trigger": {
                "CloudWatchAlarmDefinition": {
                    "ComparisonOperator": "LESS_THAN",
                    "MetricName": "YARNMemoryAvailablePercentage",
                    "Period": 300,
                    "Threshold": 15,
                }
            },
        }
    ],
}


def _run(client: Any, groups: Any = _GROUPS, with_bootstrap: bool = False) -> str:
    """The id of a new cluster that has been told much; with a bootstrap action, which fails, it ends."""
    bootstrap = {"Name": "boot", "ScriptBootstrapAction": {"Path": "s3://bucket/boot", "Args": ["a"]}}
    kind = {"InstanceFleets": _FLEETS} if groups is None else {"InstanceGroups": groups}
    answer = client.run_job_flow(
        Name="exercise",
        LogUri="s3://bucket/logs",
        ReleaseLabel="emr-5.36.0",
        Instances={**kind, "KeepJobFlowAliveWhenNoSteps": True, "Ec2KeyName": "key"},
        Steps=[_STEP],
        BootstrapActions=[bootstrap] if with_bootstrap else [],
        Applications=[{"Name": "Hadoop"}, {"Name": "Hive"}],
        Configurations=[{"Classification": "core-site", "Properties": {"a": "b"}}],
        VisibleToAllUsers=True,
        JobFlowRole="EMR_EC2_DefaultRole",
        ServiceRole="EMR_DefaultRole",
        Tags=[{"Key": "a", "Value": "b"}],
        ScaleDownBehavior="TERMINATE_AT_TASK_COMPLETION",
    )
    return str(answer["JobFlowId"])


def _steps(client: Any, cluster: str) -> list[str]:
    return [step["Id"] for step in client.list_steps(ClusterId=cluster)["Steps"]]


def _groups(client: Any, cluster: str) -> dict[str, str]:
    groups = client.list_instance_groups(ClusterId=cluster)["InstanceGroups"]
    return {group["InstanceGroupType"]: group["Id"] for group in groups}


def _wait_until_it_runs(client: Any, cluster: str) -> None:
    """boto3's own waiter would look every 30 seconds."""

    def runs() -> bool:
        status = client.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]
        return status["State"] in {"RUNNING", "WAITING"}

    wait_until(runs, cluster)


def _describe_step(client: Any) -> Any:
    cluster = _run(client)
    return client.describe_step(ClusterId=cluster, StepId=_steps(client, cluster)[0])


def _modify_instance_groups(client: Any) -> Any:
    cluster = _run(client)
    _wait_until_it_runs(client, cluster)
    change = {"InstanceGroupId": _groups(client, cluster)["CORE"], "InstanceCount": 3}
    return client.modify_instance_groups(ClusterId=cluster, InstanceGroups=[change])


def _modify_instance_fleet(client: Any) -> Any:
    cluster = _run(client, groups=None)
    _wait_until_it_runs(client, cluster)
    fleets = client.list_instance_fleets(ClusterId=cluster)["InstanceFleets"]
    fleet = next(one["Id"] for one in fleets if one["InstanceFleetType"] == "CORE")
    change = {"InstanceFleetId": fleet, "TargetOnDemandCapacity": 2}
    return client.modify_instance_fleet(ClusterId=cluster, InstanceFleet=change)


def _add_instance_fleet(client: Any) -> Any:
    cluster = _run(client, groups=None)
    return client.add_instance_fleet(
        ClusterId=cluster, InstanceFleet={**_FLEETS[1], "InstanceFleetType": "TASK"}
    )


def _put_auto_scaling_policy(client: Any) -> Any:
    cluster = _run(client)
    return client.put_auto_scaling_policy(
        ClusterId=cluster,
        InstanceGroupId=_groups(client, cluster)["CORE"],
        AutoScalingPolicy=_AUTO_SCALING,
    )


def _remove_auto_scaling_policy(client: Any) -> Any:
    answer = _put_auto_scaling_policy(client)
    return client.remove_auto_scaling_policy(
        ClusterId=answer["ClusterId"], InstanceGroupId=answer["InstanceGroupId"]
    )


def _put_managed_scaling(client: Any) -> str:
    cluster = _run(client)
    client.put_managed_scaling_policy(ClusterId=cluster, ManagedScalingPolicy=_SCALING)
    return cluster


def _put_auto_termination(client: Any) -> str:
    cluster = _run(client)
    client.put_auto_termination_policy(ClusterId=cluster, AutoTerminationPolicy={"IdleTimeout": 3600})
    return cluster


def _cancel_steps(client: Any) -> Any:
    cluster = _run(client)
    return client.cancel_steps(ClusterId=cluster, StepIds=_steps(client, cluster))


def _configure(client: Any) -> str:
    client.create_security_configuration(Name="exercise", SecurityConfiguration="{}")
    return "exercise"


def _mapping(client: Any) -> dict[str, str]:
    """What names a new session mapping."""
    studio_id = create_studio(client)
    user = {"StudioId": studio_id, "IdentityType": "USER", "IdentityName": "ada"}
    client.create_studio_session_mapping(**user, SessionPolicyArn=POLICY)
    return user


_BLOCKED = {
    "BlockPublicSecurityGroupRules": True,
    "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 23}],
}

EXERCISES: dict[str, Exercise] = {
    "AddInstanceFleet": _add_instance_fleet,
    "AddInstanceGroups": lambda emr: emr.add_instance_groups(JobFlowId=_run(emr), InstanceGroups=_TASKS),
    "AddJobFlowSteps": lambda emr: emr.add_job_flow_steps(JobFlowId=_run(emr), Steps=[_STEP]),
    "AddTags": lambda emr: emr.add_tags(ResourceId=_run(emr), Tags=[{"Key": "c", "Value": "d"}]),
    "CancelSteps": _cancel_steps,
    "CreateSecurityConfiguration": lambda emr: emr.create_security_configuration(
        Name="exercise", SecurityConfiguration="{}"
    ),
    "CreateStudio": lambda emr: emr.create_studio(**FULL_STUDIO),
    "CreateStudioSessionMapping": _mapping,
    "DeleteSecurityConfiguration": lambda emr: emr.delete_security_configuration(Name=_configure(emr)),
    "DeleteStudio": lambda emr: emr.delete_studio(StudioId=create_studio(emr)),
    "DeleteStudioSessionMapping": lambda emr: emr.delete_studio_session_mapping(**_mapping(emr)),
    "DescribeCluster": lambda emr: emr.describe_cluster(ClusterId=_run(emr)),
    "DescribeJobFlows": lambda emr: emr.describe_job_flows(JobFlowIds=[_run(emr, with_bootstrap=True)]),
    "DescribeReleaseLabel": lambda emr: emr.describe_release_label(ReleaseLabel="emr-5.36.0"),
    "DescribeSecurityConfiguration": lambda emr: emr.describe_security_configuration(Name=_configure(emr)),
    "DescribeStep": _describe_step,
    "DescribeStudio": lambda emr: emr.describe_studio(StudioId=create_studio(emr, **FULL_STUDIO)),
    "GetAutoTerminationPolicy": lambda emr: emr.get_auto_termination_policy(
        ClusterId=_put_auto_termination(emr)
    ),
    "GetBlockPublicAccessConfiguration": lambda emr: emr.get_block_public_access_configuration(),
    "GetManagedScalingPolicy": lambda emr: emr.get_managed_scaling_policy(
        ClusterId=_put_managed_scaling(emr)
    ),
    "GetStudioSessionMapping": lambda emr: emr.get_studio_session_mapping(**_mapping(emr)),
    "ListBootstrapActions": lambda emr: emr.list_bootstrap_actions(ClusterId=_run(emr, with_bootstrap=True)),
    "ListClusters": lambda emr: (_run(emr), emr.list_clusters()),
    "ListInstanceFleets": lambda emr: emr.list_instance_fleets(ClusterId=_run(emr, groups=None)),
    "ListInstanceGroups": lambda emr: emr.list_instance_groups(ClusterId=_run(emr)),
    "ListInstances": lambda emr: emr.list_instances(ClusterId=_run(emr)),
    "ListReleaseLabels": lambda emr: emr.list_release_labels(MaxResults=2),
    "ListSecurityConfigurations": lambda emr: (_configure(emr), emr.list_security_configurations()),
    "ListSteps": lambda emr: emr.list_steps(ClusterId=_run(emr)),
    "ListStudioSessionMappings": lambda emr: (_mapping(emr), emr.list_studio_session_mappings()),
    "ListStudios": lambda emr: (create_studio(emr), emr.list_studios()),
    "ListSupportedInstanceTypes": lambda emr: emr.list_supported_instance_types(ReleaseLabel="emr-6.10.0"),
    "ModifyCluster": lambda emr: emr.modify_cluster(ClusterId=_run(emr), StepConcurrencyLevel=2),
    "ModifyInstanceFleet": _modify_instance_fleet,
    "ModifyInstanceGroups": _modify_instance_groups,
    "PutAutoScalingPolicy": _put_auto_scaling_policy,
    "PutAutoTerminationPolicy": _put_auto_termination,
    "PutBlockPublicAccessConfiguration": lambda emr: emr.put_block_public_access_configuration(
        BlockPublicAccessConfiguration=_BLOCKED
    ),
    "PutManagedScalingPolicy": _put_managed_scaling,
    "RemoveAutoScalingPolicy": _remove_auto_scaling_policy,
    "RemoveAutoTerminationPolicy": lambda emr: emr.remove_auto_termination_policy(
        ClusterId=_put_auto_termination(emr)
    ),
    "RemoveManagedScalingPolicy": lambda emr: emr.remove_managed_scaling_policy(
        ClusterId=_put_managed_scaling(emr)
    ),
    "RemoveTags": lambda emr: emr.remove_tags(ResourceId=_run(emr), TagKeys=["a"]),
    "RunJobFlow": _run,
    "SetKeepJobFlowAliveWhenNoSteps": lambda emr: emr.set_keep_job_flow_alive_when_no_steps(
        JobFlowIds=[_run(emr)], KeepJobFlowAliveWhenNoSteps=True
    ),
    "SetTerminationProtection": lambda emr: emr.set_termination_protection(
        JobFlowIds=[_run(emr)], TerminationProtected=True
    ),
    "SetUnhealthyNodeReplacement": lambda emr: emr.set_unhealthy_node_replacement(
        JobFlowIds=[_run(emr)], UnhealthyNodeReplacement=True
    ),
    "SetVisibleToAllUsers": lambda emr: emr.set_visible_to_all_users(
        JobFlowIds=[_run(emr)], VisibleToAllUsers=False
    ),
    "TerminateJobFlows": lambda emr: emr.terminate_job_flows(JobFlowIds=[_run(emr)]),
    "UpdateStudio": lambda emr: emr.update_studio(StudioId=create_studio(emr), Name="other"),
    "UpdateStudioSessionMapping": lambda emr: emr.update_studio_session_mapping(
        **_mapping(emr), SessionPolicyArn=POLICY
    ),
}
