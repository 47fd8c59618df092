"""Every error a client of EMR can get, each wording once.

    EmrError
    +-- ValidationException        400   what the parameters or the state of a cluster do not allow
    +-- InvalidRequestException    400   the newer operations' word for the same
    +-- SerializationException     400   a body that cannot be read
    +-- UnknownOperationException  400   an operation that EMR does not have
    +-- AccessRefused              403   a signature that is missing or wrong
    +-- MissingAction              400   a Query call that names no operation
    +-- NotImplementedHere         501   an operation that EMR has and emrsim has not

Here are the wordings about clusters; those about requests as such are in `core.request_errors`, those
about fleets in `core.fleet_errors`, those about policies in `core.policy_errors`, those about security
configurations, studios and releases in `core.account_errors`.

Sources of the wordings are the tables of docs/facts/api.md#errors (recorded by mrjob's authors from the live
service where nothing else is said); "assumed" stands where no record is known.
"""

from __future__ import annotations


class EmrError(Exception):
    """An error answer of EMR's: `code` as JSON names it, `query_code` as Query does, `status` over HTTP."""

    code = "InternalFailure"
    query_code = "InternalFailure"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ValidationException(EmrError):
    code = "ValidationException"
    query_code = "ValidationError"


class InvalidRequestException(EmrError):
    """`error_code` is the member ErrorCode of the answer."""

    code = "InvalidRequestException"
    query_code = "InvalidRequestException"

    def __init__(self, message: str, error_code: str | None = None) -> None:
        super().__init__(message)
        self.error_code = error_code


class SerializationException(EmrError):
    code = "SerializationException"
    query_code = "MalformedInput"  # assumed


class UnknownOperationException(EmrError):
    code = "UnknownOperationException"  # assumed; generic AWS JSON text
    query_code = "InvalidAction"  # assumed; generic AWS Query text


class MissingAction(EmrError):
    code = "MissingAction"
    query_code = "MissingAction"


class AccessRefused(EmrError):
    """A signature that is missing or wrong; its code is the same in both protocols."""

    status = 403

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = self.query_code = code


class NotImplementedHere(EmrError):
    """Not 500 or 503: boto 2 would try again for a minute."""

    code = "NotImplemented"
    query_code = "NotImplemented"
    status = 501


def access_refused(code: str, message: str) -> EmrError:
    return AccessRefused(code, message)


def unknown_job_flow() -> EmrError:
    """An unknown id in the operations with JobFlow in their name."""
    return ValidationException("Specified job flow ID not valid")


def unknown_cluster(cluster_id: str) -> EmrError:
    """An unknown id in the operations with Cluster in their parameters (its ErrorCode: moto's)."""
    return InvalidRequestException(f"Cluster id '{cluster_id}' is not valid.", "NoSuchCluster")


def unknown_step(step_id: str) -> EmrError:
    return InvalidRequestException(f"Step id '{step_id}' is not valid.")


def unknown_group(group_id: str) -> EmrError:
    return ValidationException(f"Instance group id '{group_id}' is not valid.")  # assumed


def repeated_job_flow() -> EmrError:
    return ValidationException("Specified job flow ID does not exist.")


def empty_job_flow_list() -> EmrError:
    return ValidationException("The JobFlowId list cannot be empty")


def cluster_is_ending() -> EmrError:
    return ValidationException(
        "A job flow that is shutting down, terminated, or finished may not be modified."
    )


def termination_protected() -> EmrError:
    return ValidationException(
        "Could not shut down one or more job flows since they are termination protected."
    )


def too_many_active_steps() -> EmrError:
    return ValidationException(
        "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') "
        "for cluster exceeded."
    )


def both_step_filters() -> EmrError:
    return InvalidRequestException("Cannot specify both StepIds and StepStates.")


def tags_of_ended_cluster() -> EmrError:
    return InvalidRequestException("Tags cannot be modified on terminated clusters.")


def no_tags() -> EmrError:
    return InvalidRequestException("Tags cannot be null or empty.")


def bad_tag_key(key: str) -> EmrError:
    return InvalidRequestException(
        f"Invalid tag key: '{key}'. Tag keys must be between 1 and 128 characters in length."
    )


def reserved_tag_key(key: str) -> EmrError:
    return InvalidRequestException(f"Invalid tag key: '{key}'. Tag keys must not begin with aws:.")  # assumed


def bad_tag_value(value: str) -> EmrError:
    """The service's text says 128, its limit is 256."""
    return InvalidRequestException(
        f"Invalid tag value: '{value}'. Tag values must be between 1 and 128 characters in length."
    )


def group_not_modifiable() -> EmrError:
    return ValidationException(
        "An instance group may only be modified when the cluster is running or waiting"
    )


def instance_not_in_group(ec2_id: str, group_id: str) -> EmrError:
    return ValidationException(
        f"Instance {ec2_id} is not a running instance of instance group {group_id}."
    )  # assumed


def too_many_instances_to_terminate() -> EmrError:
    return ValidationException(
        "The number of instances to terminate is greater than the number that the resize removes."
    )  # assumed


def reconfiguration_not_in_release() -> EmrError:
    return ValidationException("Instance groups can be reconfigured in releases 5.21.0 and later.")  # assumed


def invalid_marker() -> EmrError:
    return InvalidRequestException("The marker is not valid.")  # assumed


def both_versions(ami_version: str, release_label: str) -> EmrError:
    return ValidationException(
        "Only one AMI version and release label may be specified. "
        f"Provided AMI: {ami_version}, release label: {release_label}."
    )


def bad_ami_version() -> EmrError:
    return ValidationException("The supplied ami version is invalid.")


def bad_release_label(label: str) -> EmrError:
    return ValidationException(f"The supplied release label is invalid: {label}.")


def security_configuration_not_found(name: str) -> EmrError:
    """Of RunJobFlow (source: hashicorp/terraform#13620)."""
    return ValidationException(f"Security configuration with name '{name}' does not exist.")


def kerberos_without_security_configuration() -> EmrError:
    """Source of the condition: API Reference, KerberosAttributes."""
    return ValidationException(
        "KerberosAttributes can be specified only with a security configuration that enables Kerberos."
    )  # assumed


def several_subnets() -> EmrError:
    """Source: mrjob's record."""
    return ValidationException(
        "Only one subnet may be specified for clusters configured with instance groups or instance count, "
        "master and slave instance type. Revise the configuration and resubmit."
    )


def both_kinds_of_subnets() -> EmrError:
    return ValidationException("Specify either Ec2SubnetId or Ec2SubnetIds, not both.")  # assumed


def mixed_instance_styles() -> EmrError:
    return ValidationException(
        "Please configure instances using one and only one of the following: instance groups; "
        "instance fleets; instance count, master and slave instance type."
    )


def empty_group() -> EmrError:
    return ValidationException("An instance group must have at least one instance")


def several_instances_in_master_group() -> EmrError:
    return ValidationException("A master instance group must specify a single instance")


def bad_master_count() -> EmrError:
    """Source: moto, from a live answer."""
    return ValidationException("Master instance group must have exactly 3 instances for HA clusters.")


def several_core_groups() -> EmrError:
    """A cluster has at most one (source: Management Guide, emr-instance-group-configuration)."""
    return ValidationException(
        "Multiple core instance groups supplied, you can specify at most one core instance group"
    )  # assumed


def several_master_groups() -> EmrError:
    return ValidationException(
        "Multiple master instance groups supplied, you must specify exactly one master instance group"
    )


def no_master_group() -> EmrError:
    return ValidationException(
        "Zero master instance groups supplied, you must specify exactly one master instance group"
    )


def task_without_core() -> EmrError:
    return ValidationException("Clusters with task nodes must also define core nodes.")


def bid_price_on_demand() -> EmrError:
    return ValidationException("Attempted to set bid price for on demand instance group.")


def bid_price_not_positive() -> EmrError:
    return ValidationException("The bid price is negative or zero.")


def bid_price_no_number() -> EmrError:
    return ValidationException("The bid price supplied for an instance group is invalid")


def bid_price_too_fine() -> EmrError:
    return ValidationException("No more than 3 digits are allowed after decimal place in bid price")


def too_many_bootstrap_actions() -> EmrError:
    return ValidationException("The maximum number of bootstrap actions for a job flow is 16.")  # assumed


def bad_log_uri(uri: str) -> EmrError:
    return ValidationException(f"The supplied log URI is invalid: {uri}")  # assumed


def bad_action_on_failure(action: str) -> EmrError:
    return ValidationException(f"Action on failure '{action}' is invalid.")


def bad_step_concurrency() -> EmrError:
    return ValidationException("Invalid step concurrency level. Allowed level is from 1 to 256")


def too_many_job_flows() -> EmrError:
    return ValidationException("Size of an input parameter exceeded.")  # assumed


def too_many_step_ids() -> EmrError:
    return InvalidRequestException("StepIds must have at most 10 members.")  # assumed


def negative_group_size() -> EmrError:
    return ValidationException("The instance count of an instance group must not be negative.")  # assumed


def too_many_instances(limit: int) -> EmrError:
    return ValidationException(f"A cluster must not have more than {limit} instances.")  # assumed


def master_group_resize() -> EmrError:
    return ValidationException("A master instance group cannot be resized.")  # assumed


def too_many_cancelled_steps() -> EmrError:
    return InvalidRequestException("StepIds must have at most 256 members.")  # assumed


def concurrency_not_in_release() -> EmrError:
    return ValidationException(
        "Step concurrency above 1 is available in releases 5.28.0 and later."
    )  # assumed


def ended_cluster_modified() -> EmrError:
    """The form of `cluster_is_ending` in fleet calls, and in the other newer ones (there: assumed)."""
    return InvalidRequestException(cluster_is_ending().message)


def instance_profile_required() -> EmrError:
    return ValidationException("InstanceProfile is required for creating cluster")


def service_role_required() -> EmrError:
    return ValidationException("ServiceRole is required for creating cluster.")


def version_required() -> EmrError:
    """So issues of users quote it; mrjob's record has "one of the following"."""
    return ValidationException("Must specify exactly one of: release label, AMI version, or Hadoop version.")


def role_with_ami_1() -> EmrError:
    return ValidationException("Job flow role is not compatible with the supplied AMI version")


def hadoop_not_in_ami() -> EmrError:
    return ValidationException("The requested AMI version does not support the requested Hadoop version")


def supported_products_with_release() -> EmrError:
    return ValidationException(
        "Cannot specify supported products when release label is used. Specify applications instead."
    )


def applications_with_ami() -> EmrError:
    return ValidationException(
        "Cannot specify applications when AMI version is used. "
        "Specify supported products or new supported products instead."
    )


def application_not_in_release(name: str, release_label: str) -> EmrError:
    return ValidationException(
        f"The supplied application is invalid for release label {release_label}: {name}."
    )  # assumed, after the form of `bad_release_label`


def configurations_with_ami() -> EmrError:
    return ValidationException("Cannot specify configurations when AMI version is used.")


def custom_ami_not_allowed() -> EmrError:
    return ValidationException("Custom AMI is not allowed")


def bad_cluster_name() -> EmrError:
    return ValidationException("A cluster name must not contain any of < > $ | `.")  # assumed


def type_not_supported(instance_type: str, ami_version: str) -> EmrError:
    return ValidationException(
        f"{instance_type} instance type is not supported with AMI version {ami_version}."
    )
