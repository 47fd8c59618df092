"""Errors about instance fleets.

The tree of errors and the sources of the wordings are in `core.errors`.
"""

from __future__ import annotations

from emrsim.core.errors import EmrError, InvalidRequestException, ValidationException

# ErrorCode, by what the cluster uses. The first is of a live answer (turbot/steampipe-plugin-aws#1222); the
# second is assumed.
_UNSUPPORTED = {
    "fleets": "API_DOES_NOT_SUPPORT_INSTANCE_FLEET_CLUSTERS",
    "groups": "API_DOES_NOT_SUPPORT_INSTANCE_GROUP_CLUSTERS",
}


def fleets_and_groups_exclude(kind: str, operation: str, other: str) -> EmrError:
    """`kind` is what the cluster uses, "fleets" or "groups"."""
    return InvalidRequestException(
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the "
        f"request uses instance {kind}. The {operation} operation does not support clusters that use "
        f"instance {kind}. Use the {other} operation instead.",
        _UNSUPPORTED[kind],
    )


def filter_does_not_fit(name: str, kind: str) -> EmrError:
    """A filter by fleet for a cluster with groups, or the other way round (assumed)."""
    return InvalidRequestException(
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the "
        f"request uses instance {kind}. ListInstances does not support {name} for such clusters.",
        _UNSUPPORTED[kind],
    )


def unknown_fleet(fleet_id: str) -> EmrError:
    return InvalidRequestException(f"Instance fleet id '{fleet_id}' is not valid.")  # assumed


def master_fleet_capacity() -> EmrError:
    return ValidationException(
        "A master instance fleet can only have a target capacity of 1. Revise the configuration and resubmit."
    )


def bad_master_fleet_capacity() -> EmrError:
    return ValidationException(
        "A master instance fleet can only have a target capacity of 1, or of 3 for HA clusters. "
        "Revise the configuration and resubmit."
    )  # assumed


def empty_fleet() -> EmrError:
    return ValidationException(
        "The instance fleet (null) should have a value of one or greater for either "
        "targetOnDemandCapacity or targetSpotCapacity."
    )


def task_fleet_without_core() -> EmrError:
    return ValidationException("Clusters with task instance fleets must also define core instance fleets.")


def no_master_fleet() -> EmrError:
    return ValidationException(
        "No master instance fleets were supplied; you must specify exactly one master instance fleet. "
        "Revise the configuration and resubmit."
    )


def several_fleets_of_a_role(role: str) -> EmrError:
    return ValidationException(f"A cluster can have only one {role.lower()} instance fleet.")  # assumed


def fleets_not_in_release() -> EmrError:
    return ValidationException("Instance fleets are not available for the release.")


def fleet_without_types() -> EmrError:
    return ValidationException("An instance fleet must have at least one instance type.")  # assumed
