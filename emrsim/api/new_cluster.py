"""What RunJobFlow refuses, in the order of the table of its complaints.

Source: docs/facts/api.md#runjobflow-complaints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emrsim import releases
from emrsim.api.checks import (
    check_concurrency,
    check_group,
    check_instance_count,
    check_log_uri,
    check_steps,
    check_tags,
)
from emrsim.api.configurations import check_configurations
from emrsim.api.fleets import check_new_fleets
from emrsim.api.policies import check_auto_scaling_of, check_managed_scaling
from emrsim.api.versions import check_versions, release_named, release_of
from emrsim.core import errors
from emrsim.core.limits import BOOTSTRAP_ACTIONS_MAX

Params = Mapping[str, Any]

_COUNT_FORM = ("InstanceCount", "MasterInstanceType", "SlaveInstanceType")
_FIRST_WITH_CUSTOM_AMI = (5, 7, 0)
_NOT_IN_NAMES = frozenset("<>$|`")  # the newer service's rule


def check_new_cluster(params: Params, strict: bool) -> None:
    """Raise what RunJobFlow's parameters are refused with, if they are.

    `strict` asks for what today's service asks for and that of 2010 did not: roles and a version.
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
    concurrency = params.get("StepConcurrencyLevel", 1)
    check_concurrency(concurrency)
    check_steps(params.get("Steps", ()), concurrency)
    check_tags(params.get("Tags", ()))
    if "ManagedScalingPolicy" in params:
        check_managed_scaling(params["ManagedScalingPolicy"])
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
    elif params.get("Applications"):
        raise errors.applications_with_ami()
    elif params.get("Configurations"):
        raise errors.configurations_with_ami()
    if params.get("CustomAmiId") and release_of(release_label) < _FIRST_WITH_CUSTOM_AMI:
        raise errors.custom_ami_not_allowed()
    if ami_version and ami_version.startswith("1.") and params.get("JobFlowRole"):
        raise errors.role_with_ami_1()


def _check_applications(applications: Sequence[Params], release_label: str) -> None:
    release = release_named(release_label)
    for entry in applications:
        name = entry.get("Name", "")
        if release.application(name) is None:
            raise errors.application_not_in_release(releases.application_name(name) or name, release_label)


def _check_instances(params: Params) -> None:
    instances = params["Instances"]
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
        check_new_fleets(instances["InstanceFleets"], params.get("ReleaseLabel"))
    elif instances.get("InstanceCount", 1) < 1:
        raise errors.empty_group()
    check_instance_count(instances.get("InstanceCount", 1))
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


def _instance_types(instances: Params) -> set[str | None]:
    groups = instances.get("InstanceGroups", ())
    types = {group["InstanceType"] for group in groups}
    if instances.get("InstanceCount", 1) > 1:
        types.add(instances.get("SlaveInstanceType"))
    return types | {instances.get("MasterInstanceType")}
