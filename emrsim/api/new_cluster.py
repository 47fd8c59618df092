"""What RunJobFlow rejects, in the order of the table of its complaints.

Source: docs/facts/api.md#runjobflow-complaints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emrsim import releases
from emrsim.api.checks import (
    check_concurrency,
    check_core_groups,
    check_group,
    check_instance_count,
    check_log_uri,
    check_steps,
    check_tags,
)
from emrsim.api.configurations import check_configurations
from emrsim.api.fleets import check_new_fleets
from emrsim.api.high_availability import check_masters
from emrsim.api.policies import check_auto_scaling_of, check_auto_termination, check_managed_scaling
from emrsim.api.versions import check_versions, is_before, release_named
from emrsim.core import errors
from emrsim.core.account import Account
from emrsim.core.limits import BOOTSTRAP_ACTIONS_MAX
from emrsim.core.states import ActionOnFailure

Params = Mapping[str, Any]

_COUNT_FORM = ("InstanceCount", "MasterInstanceType", "SlaveInstanceType")
_FIRST_WITH_CUSTOM_AMI = (5, 7, 0)
_NOT_IN_NAMES = frozenset("<>$|`")  # the newer service's rule


def check_new_cluster(params: Params, account: Account, strict: bool) -> None:
    """Raise the error that RunJobFlow's parameters are rejected with, if they are.

    `account` is that of the region. `strict` requires what today's service requires and that of 2010 did
    not: roles and a version.
    """
    if strict:
        _check_what_today_requires(params)
    check_versions(params)
    _check_what_versions_allow(params)
    check_configurations(params.get("Configurations", ()))
    check_log_uri(params.get("LogUri"))
    _check_instances(params)
    if len(params.get("BootstrapActions", ())) > BOOTSTRAP_ACTIONS_MAX:
        raise errors.too_many_bootstrap_actions()
    _check_security(params, account)
    _check_steps(params)
    check_tags(params.get("Tags", ()))
    if "AutoTerminationPolicy" in params:
        check_auto_termination(params.get("ReleaseLabel"), params.get("AmiVersion"))
    if "ManagedScalingPolicy" in params:
        check_managed_scaling(params["ManagedScalingPolicy"], _core_is_on_demand(params["Instances"]))
    check_auto_scaling_of(params["Instances"].get("InstanceGroups", ()), "ManagedScalingPolicy" in params)


def _check_what_today_requires(params: Params) -> None:
    if not params.get("JobFlowRole"):
        raise errors.instance_profile_required()
    if not params.get("ServiceRole"):
        raise errors.service_role_required()
    versions = (
        params.get("ReleaseLabel"),
        params.get("AmiVersion"),
        params["Instances"].get("HadoopVersion"),
    )
    if not any(versions):
        raise errors.version_required()


def _check_what_versions_allow(params: Params) -> None:
    ami_version, release_label = params.get("AmiVersion"), params.get("ReleaseLabel")
    if release_label:
        if params.get("SupportedProducts") or params.get("NewSupportedProducts"):
            raise errors.supported_products_with_release()
        if _NOT_IN_NAMES & set(params["Name"]):
            raise errors.bad_cluster_name()
        _check_applications(params.get("Applications", ()), release_label)
    elif ami_version and params.get("Applications"):
        raise errors.applications_with_ami()
    elif ami_version and params.get("Configurations"):
        raise errors.configurations_with_ami()
    if params.get("CustomAmiId") and is_before(_FIRST_WITH_CUSTOM_AMI, release_label, ami_version):
        raise errors.custom_ami_not_allowed()
    if ami_version and ami_version.startswith("1.") and params.get("JobFlowRole"):
        raise errors.role_with_ami_1()


def _check_applications(applications: Sequence[Params], release_label: str) -> None:
    release = release_named(release_label)
    for entry in applications:
        name = entry.get("Name", "")
        if release.application(name) is None:
            raise errors.application_not_in_release(releases.application_name(name) or name, release_label)


def _check_steps(params: Params) -> None:
    """Of a cluster that runs steps side by side, none may cancel the others (source: mrjob's record).

    That a step which would terminate the cluster is taken, unlike by AddJobFlowSteps, is assumed: so do
    `aws emr create-cluster --enable-debugging --step-concurrency-level 5` and awswrangler ask for it.
    """
    level = params.get("StepConcurrencyLevel", 1)
    check_concurrency(level, params.get("ReleaseLabel"), params.get("AmiVersion"))
    check_steps(params.get("Steps", ()), {ActionOnFailure.CANCEL_AND_WAIT} if level > 1 else frozenset())


def _check_security(params: Params, account: Account) -> None:
    name = params.get("SecurityConfiguration")
    if name and name not in account.security_configurations:
        raise errors.security_configuration_not_found(name)
    if params.get("KerberosAttributes") and not name:
        raise errors.kerberos_without_security_configuration()


def _core_is_on_demand(instances: Params) -> bool:
    """Whether there is a core instance group of the market ON_DEMAND; the count form makes such a one."""
    if "InstanceFleets" in instances:
        return False
    markets = [
        group.get("Market", "ON_DEMAND")
        for group in instances.get("InstanceGroups", ())
        if group["InstanceRole"] == "CORE"
    ]
    return "ON_DEMAND" in markets or instances.get("InstanceCount", 1) > 1


def _check_subnets(instances: Params) -> None:
    """Several subnets are for fleets, which choose among them."""
    subnets = instances.get("Ec2SubnetIds", ())
    if subnets and instances.get("Ec2SubnetId"):
        raise errors.both_kinds_of_subnets()
    if len(subnets) > 1 and "InstanceFleets" not in instances:
        raise errors.several_subnets()


def _check_instances(params: Params) -> None:
    instances = params["Instances"]
    _check_subnets(instances)
    styles = [
        "InstanceGroups" in instances,
        "InstanceFleets" in instances,
        any(name in instances for name in _COUNT_FORM),
    ]
    if sum(styles) != 1:
        raise errors.mixed_instance_styles()
    if "InstanceGroups" in instances:
        _check_groups(instances["InstanceGroups"])
    elif "InstanceFleets" in instances:
        check_new_fleets(instances["InstanceFleets"], params.get("ReleaseLabel"), params.get("AmiVersion"))
    elif instances.get("InstanceCount", 1) < 1:
        raise errors.empty_group()
    check_instance_count(instances.get("InstanceCount", 1))
    check_masters(instances, params.get("ReleaseLabel"), params.get("AmiVersion"))
    if (params.get("AmiVersion") or "").startswith("3.") and "m1.small" in _instance_types(instances):
        raise errors.type_not_supported("m1.small", params["AmiVersion"])


def _check_groups(groups: Sequence[Params]) -> None:
    for group in groups:
        check_group(group)
    check_instance_count(sum(group["InstanceCount"] for group in groups))
    roles = [group["InstanceRole"] for group in groups]
    if roles.count("MASTER") > 1:
        raise errors.several_master_groups()
    if "MASTER" not in roles:
        raise errors.no_master_group()
    if "TASK" in roles and "CORE" not in roles:
        raise errors.task_without_core()
    check_core_groups(roles)


def _instance_types(instances: Params) -> set[str | None]:
    groups = instances.get("InstanceGroups", ())
    types = {group["InstanceType"] for group in groups}
    if instances.get("InstanceCount", 1) > 1:
        types.add(instances.get("SlaveInstanceType"))
    return types | {instances.get("MasterInstanceType")}
