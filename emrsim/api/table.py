"""Operation names and what handles them: one dictionary, one lookup.

An operation of the model that is not in it answers 501 (`core.request_errors.not_implemented`), with its
remark as the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emrsim.api.operations.add_instance_fleet import add_instance_fleet
from emrsim.api.operations.add_instance_groups import add_instance_groups
from emrsim.api.operations.add_job_flow_steps import add_job_flow_steps
from emrsim.api.operations.add_tags import add_tags
from emrsim.api.operations.cancel_steps import cancel_steps
from emrsim.api.operations.create_security_configuration import create_security_configuration
from emrsim.api.operations.create_studio import create_studio
from emrsim.api.operations.create_studio_session_mapping import create_studio_session_mapping
from emrsim.api.operations.delete_security_configuration import delete_security_configuration
from emrsim.api.operations.delete_studio import delete_studio
from emrsim.api.operations.delete_studio_session_mapping import delete_studio_session_mapping
from emrsim.api.operations.describe_cluster import describe_cluster
from emrsim.api.operations.describe_job_flows import describe_job_flows
from emrsim.api.operations.describe_release_label import describe_release_label
from emrsim.api.operations.describe_security_configuration import describe_security_configuration
from emrsim.api.operations.describe_step import describe_step
from emrsim.api.operations.describe_studio import describe_studio
from emrsim.api.operations.get_auto_termination_policy import get_auto_termination_policy
from emrsim.api.operations.get_block_public_access_configuration import get_block_public_access_configuration
from emrsim.api.operations.get_managed_scaling_policy import get_managed_scaling_policy
from emrsim.api.operations.get_studio_session_mapping import get_studio_session_mapping
from emrsim.api.operations.list_bootstrap_actions import list_bootstrap_actions
from emrsim.api.operations.list_clusters import list_clusters
from emrsim.api.operations.list_instance_fleets import list_instance_fleets
from emrsim.api.operations.list_instance_groups import list_instance_groups
from emrsim.api.operations.list_instances import list_instances
from emrsim.api.operations.list_release_labels import list_release_labels
from emrsim.api.operations.list_security_configurations import list_security_configurations
from emrsim.api.operations.list_steps import list_steps
from emrsim.api.operations.list_studio_session_mappings import list_studio_session_mappings
from emrsim.api.operations.list_studios import list_studios
from emrsim.api.operations.list_supported_instance_types import list_supported_instance_types
from emrsim.api.operations.modify_cluster import modify_cluster
from emrsim.api.operations.modify_instance_fleet import modify_instance_fleet
from emrsim.api.operations.modify_instance_groups import modify_instance_groups
from emrsim.api.operations.put_auto_scaling_policy import put_auto_scaling_policy
from emrsim.api.operations.put_auto_termination_policy import put_auto_termination_policy
from emrsim.api.operations.put_block_public_access_configuration import put_block_public_access_configuration
from emrsim.api.operations.put_managed_scaling_policy import put_managed_scaling_policy
from emrsim.api.operations.remove_auto_scaling_policy import remove_auto_scaling_policy
from emrsim.api.operations.remove_auto_termination_policy import remove_auto_termination_policy
from emrsim.api.operations.remove_managed_scaling_policy import remove_managed_scaling_policy
from emrsim.api.operations.remove_tags import remove_tags
from emrsim.api.operations.run_job_flow import run_job_flow
from emrsim.api.operations.set_keep_job_flow_alive_when_no_steps import set_keep_job_flow_alive_when_no_steps
from emrsim.api.operations.set_termination_protection import set_termination_protection
from emrsim.api.operations.set_unhealthy_node_replacement import set_unhealthy_node_replacement
from emrsim.api.operations.set_visible_to_all_users import set_visible_to_all_users
from emrsim.api.operations.terminate_job_flows import terminate_job_flows
from emrsim.api.operations.update_studio import update_studio
from emrsim.api.operations.update_studio_session_mapping import update_studio_session_mapping
from emrsim.api.remarks import REMARKS, UNHEARD_OF
from emrsim.core.request_errors import not_implemented, state_not_written
from emrsim.service.emulator import EmulatorState
from emrsim.service.record.errors import RecordUnavailable
from emrsim.service.region import Region
from emrsim.service.stream import caused_by

Handler = Callable[[Region, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Handler] = {
    "AddInstanceFleet": add_instance_fleet,
    "AddInstanceGroups": add_instance_groups,
    "AddJobFlowSteps": add_job_flow_steps,
    "AddTags": add_tags,
    "CancelSteps": cancel_steps,
    "CreateSecurityConfiguration": create_security_configuration,
    "CreateStudio": create_studio,
    "CreateStudioSessionMapping": create_studio_session_mapping,
    "DeleteSecurityConfiguration": delete_security_configuration,
    "DeleteStudio": delete_studio,
    "DeleteStudioSessionMapping": delete_studio_session_mapping,
    "DescribeCluster": describe_cluster,
    "DescribeJobFlows": describe_job_flows,
    "DescribeReleaseLabel": describe_release_label,
    "DescribeSecurityConfiguration": describe_security_configuration,
    "DescribeStep": describe_step,
    "DescribeStudio": describe_studio,
    "GetAutoTerminationPolicy": get_auto_termination_policy,
    "GetBlockPublicAccessConfiguration": get_block_public_access_configuration,
    "GetManagedScalingPolicy": get_managed_scaling_policy,
    "GetStudioSessionMapping": get_studio_session_mapping,
    "ListBootstrapActions": list_bootstrap_actions,
    "ListClusters": list_clusters,
    "ListInstanceFleets": list_instance_fleets,
    "ListInstanceGroups": list_instance_groups,
    "ListInstances": list_instances,
    "ListReleaseLabels": list_release_labels,
    "ListSecurityConfigurations": list_security_configurations,
    "ListSteps": list_steps,
    "ListStudioSessionMappings": list_studio_session_mappings,
    "ListStudios": list_studios,
    "ListSupportedInstanceTypes": list_supported_instance_types,
    "ModifyCluster": modify_cluster,
    "ModifyInstanceFleet": modify_instance_fleet,
    "ModifyInstanceGroups": modify_instance_groups,
    "PutAutoScalingPolicy": put_auto_scaling_policy,
    "PutAutoTerminationPolicy": put_auto_termination_policy,
    "PutBlockPublicAccessConfiguration": put_block_public_access_configuration,
    "PutManagedScalingPolicy": put_managed_scaling_policy,
    "RemoveAutoScalingPolicy": remove_auto_scaling_policy,
    "RemoveAutoTerminationPolicy": remove_auto_termination_policy,
    "RemoveManagedScalingPolicy": remove_managed_scaling_policy,
    "RemoveTags": remove_tags,
    "RunJobFlow": run_job_flow,
    "SetKeepJobFlowAliveWhenNoSteps": set_keep_job_flow_alive_when_no_steps,
    "SetTerminationProtection": set_termination_protection,
    "SetUnhealthyNodeReplacement": set_unhealthy_node_replacement,
    "SetVisibleToAllUsers": set_visible_to_all_users,
    "TerminateJobFlows": terminate_job_flows,
    "UpdateStudio": update_studio,
    "UpdateStudioSessionMapping": update_studio_session_mapping,
}


def handler_of(operation: str) -> Handler:
    """What handles an operation of EMR's; raises NotImplementedHere if nothing does."""
    handler = OPERATIONS.get(operation)
    if handler is None:
        raise not_implemented(operation, REMARKS.get(operation, UNHEARD_OF))
    return handler


def call(
    state: EmulatorState, operation: str, params: dict[str, Any], region: str | None = None
) -> dict[str, Any]:
    """Run an operation in a region (default: the emulator's), at one moment for all other threads.

    Raises EmrError, with nothing changed, for a call that is rejected.
    """
    handler = handler_of(operation)
    try:
        with caused_by("request", operation), state.locked():
            return handler(Region(state, region or state.region), params)
    except RecordUnavailable as error:
        raise state_not_written(str(error)) from None
