"""Errors about scaling and auto-termination policies.

The tree of errors and the sources of the wordings are in `core.errors`.
"""

from __future__ import annotations

from emrsim.core.errors import EmrError, ValidationException, unknown_cluster


def unknown_cluster_of_policy(cluster_id: str) -> EmrError:
    """As `unknown_cluster`, of the operations on scaling policies (source: terraform-provider-aws)."""
    return ValidationException(unknown_cluster(cluster_id).message)


def idle_timeout_out_of_range() -> EmrError:
    return ValidationException("IdleTimeout must be between 60 and 604800 seconds.")  # assumed


def auto_termination_not_in_release() -> EmrError:
    """Source: terraform-provider-aws, which looks for these words."""
    return ValidationException(
        "Auto-termination is not available for this account when using this release of EMR."
    )


def managed_scaling_limits(why: str) -> EmrError:
    """The form, and the limit of the core units, are from gchq/sleeper#6594; the others are assumed."""
    return ValidationException(f"Invalid configuration for managed scaling. {why}")


def on_demand_core_above_limit() -> EmrError:
    """Source: boto/boto3#3963."""
    return managed_scaling_limits(
        "If you select On-Demand market type for core nodes in a cluster with instance groups, "
        "MaximumCoreCapacityUnits must be less than or equal to MaximumOnDemandCapacityUnits."
    )


def scaling_policies_exclude() -> EmrError:
    return ValidationException(
        "A cluster can have a managed scaling policy or automatic scaling policies, not both."
    )  # assumed


def auto_scaling_of_master() -> EmrError:
    """Policies are for core and task groups (source: Management Guide, emr-automatic-scaling)."""
    return ValidationException(
        "An automatic scaling policy cannot be attached to a master instance group."
    )  # assumed


def auto_scaling_constraints() -> EmrError:
    return ValidationException(
        "MinCapacity must not be negative nor greater than MaxCapacity in an automatic scaling policy."
    )  # assumed
