"""Reasons for a change of state, as EMR words them (source: docs/facts/states.md; "assumed" as there).

The wording differs between clusters of the AMI era (2009 to 2015) and those with a release label.
"""

from __future__ import annotations

from emrsim.core.model import Cluster, Reason

ALL_STEPS_COMPLETED = "ALL_STEPS_COMPLETED"
STEP_FAILURE = "STEP_FAILURE"
USER_REQUEST = "USER_REQUEST"
BOOTSTRAP_FAILURE = "BOOTSTRAP_FAILURE"
CLUSTER_TERMINATED = "CLUSTER_TERMINATED"
VALIDATION_ERROR = "VALIDATION_ERROR"
INSTANCE_FAILURE = "INSTANCE_FAILURE"
INTERNAL_ERROR = "INTERNAL_ERROR"


def starting(cluster: Cluster) -> Reason:
    return _by_era(cluster, "Starting instances", "Provisioning Amazon EC2 capacity")  # both assumed


def bootstrapping(cluster: Cluster) -> Reason:
    return _by_era(cluster, "Running bootstrap actions", "Configuring cluster software")  # first one assumed


def running(cluster: Cluster) -> Reason:
    return Reason(message="Running step")


def ready_and_idle(cluster: Cluster) -> Reason:
    return _by_era(cluster, "Waiting for steps to run", "Cluster ready to run steps.")


def waiting_after_steps(cluster: Cluster) -> Reason:
    if cluster.uses_release_label:
        return Reason(message="Cluster ready after last step completed.")
    last = next(reversed(cluster.steps.values()))
    failed = cluster.has_failed_steps and last.state.value != "COMPLETED"
    return Reason(message="Waiting after step failed" if failed else "Waiting after step completed")


def steps_completed(cluster: Cluster) -> Reason:
    if cluster.has_failed_steps:
        return Reason(STEP_FAILURE, "Steps completed with errors")
    return Reason(ALL_STEPS_COMPLETED, "Steps completed")


def step_failed() -> Reason:
    return Reason(STEP_FAILURE, "Shut down as step failed")


def terminated_by_user() -> Reason:
    return Reason(USER_REQUEST, "Terminated by user request")


def idle_timeout() -> Reason:
    return Reason(USER_REQUEST, "Cluster was terminated after being idle")  # assumed


def step_cancelled() -> Reason:
    return Reason(message="Cancelled by user")  # assumed


def step_dropped() -> Reason:
    """Source: a comment of mrjob's on cancelled steps."""
    return Reason(message="Job terminated")


def bootstrap_failed(master_id: str, number: int) -> str:
    return f"On the master instance ({master_id}), bootstrap action {number} returned a non-zero return code"


def bootstrap_not_downloaded(master_id: str, number: int) -> str:
    return (
        f"Master instance ({master_id}) failed attempting to download bootstrap action {number} file from S3"
    )


def group_terminated() -> Reason:
    return Reason(CLUSTER_TERMINATED, "Job flow terminated")


def master_lost() -> Reason:
    return Reason(INSTANCE_FAILURE, "The master node was terminated")


def instance_failed() -> Reason:
    return Reason(INSTANCE_FAILURE, "Instance failed")  # assumed


def spot_interrupted() -> Reason:
    return Reason(INSTANCE_FAILURE, "Spot instance was interrupted")  # assumed


def group_suspended() -> Reason:
    return Reason(INSTANCE_FAILURE, "Instances failed to start; the instance group was suspended.")  # assumed


def group_arrested() -> Reason:
    return Reason(INSTANCE_FAILURE, "Bootstrap actions failed on several instances.")  # assumed


def internal_error() -> Reason:
    return Reason(INTERNAL_ERROR, "An internal error occurred.")


def role_invalid(role_arn: str) -> Reason:
    return Reason(VALIDATION_ERROR, f"EMR service role {role_arn} is invalid")


def bootstrap_action_failed(master: str) -> Reason:
    return Reason(BOOTSTRAP_FAILURE, bootstrap_failed(master, 1))


def instance_terminated() -> Reason:
    return Reason(CLUSTER_TERMINATED, "Cluster was terminated.")


def instance_removed() -> Reason:
    return Reason(message="Instance was removed by a resize of its group")  # assumed


def _by_era(cluster: Cluster, ami: str, release: str) -> Reason:
    return Reason(message=release if cluster.uses_release_label else ami)
