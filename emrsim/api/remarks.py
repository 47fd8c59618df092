"""A remark on each of the 65 operations: what it does here, and how it differs from AWS.

The table in docs/fidelity.md is made of them (`api.catalogue`). Of an operation that is not in `api.table`
the remark is the reason, which the client gets with the 501. A remark is made of whole sentences.
"""

from __future__ import annotations

NOT_BUILT = "It is not built yet."
UNHEARD_OF = "It is newer than this version of emrsim."  # the installed botocore knows it

_NO_NOTEBOOKS = (
    "There is no notebook kernel here, and a notebook that did not run must not look as if it had: "
    "run the code as a step."
)
_NO_SESSIONS = "There is no Spark Connect server here for a session to be on: run the code as a step."
_NO_APP_UI = "There is no history server or other application page here: read the logs under LogUri."

REMARKS: dict[str, str] = {
    "AddInstanceFleet": "Adds a task fleet of made-up instances, all of the first type in it.",
    "AddInstanceGroups": "Adds groups of made-up instances. They do not make steps faster: all clusters "
    "share the machine's slots.",
    "AddJobFlowSteps": "Adds steps, which really run, each in a process of its own.",
    "AddTags": "Adds tags to a cluster or a studio.",
    "CancelSteps": "Really stops the step's processes: SEND_INTERRUPT with SIGTERM, TERMINATE_PROCESS with "
    "SIGKILL. The reasons of failed requests are in emrsim's own words.",
    "CreatePersistentAppUI": _NO_APP_UI,
    "CreateSecurityConfiguration": "Stores a named JSON object. Nothing is encrypted or authenticated by it, "
    "and its content is not checked.",
    "CreateStudio": "Stores a studio. No page answers at its URL; roles, networks and keys are not checked.",
    "CreateStudioSessionMapping": "Stores a mapping. There is no Identity Center: names and ids of users are "
    "not resolved.",
    "DeleteSecurityConfiguration": "Deletes it, also while a cluster uses it.",
    "DeleteStudio": "Deletes the studio and its session mappings.",
    "DeleteStudioSessionMapping": "Deletes the mapping, found by the id or the name it was created with.",
    "DescribeCluster": "Everything about a cluster. Host names, addresses and security groups are made up.",
    "DescribeJobFlows": "The old full description, with the time windows and limits of AWS.",
    "DescribeNotebookExecution": _NO_NOTEBOOKS,
    "DescribePersistentAppUI": _NO_APP_UI,
    "DescribeReleaseLabel": "The applications of a release with their versions, from a table of releases; an "
    "unknown version is left out.",
    "DescribeSecurityConfiguration": "The document as it was given.",
    "DescribeStep": "A step's state, times and, if it failed, the reason.",
    "DescribeStudio": "The studio as it was created and updated.",
    "GetAutoTerminationPolicy": "The policy that was put last.",
    "GetBlockPublicAccessConfiguration": "The configuration that was put last; by default "
    "on, except port 22.",
    "GetClusterSessionCredentials": "No endpoint on a cluster here accepts such credentials.",
    "GetManagedScalingPolicy": "The policy that was put last.",
    "GetOnClusterAppUIPresignedURL": _NO_APP_UI,
    "GetPersistentAppUIPresignedURL": _NO_APP_UI,
    "GetSession": _NO_SESSIONS,
    "GetSessionEndpoint": _NO_SESSIONS,
    "GetStudioSessionMapping": "A mapping, found by the id or the name it was created with.",
    "ListBootstrapActions": "The bootstrap actions of a cluster, on one page.",
    "ListClusters": "Summaries of the clusters in the region, newest first, in pages of 50.",
    "ListInstanceFleets": "The fleets of a cluster.",
    "ListInstanceGroups": "The groups of a cluster.",
    "ListInstances": "The made-up instances of a cluster, with ids, addresses and states; terminated ones "
    "are listed for ever.",
    "ListNotebookExecutions": _NO_NOTEBOOKS,
    "ListReleaseLabels": "The labels of the table of releases, newest first: emr-4.0.0 to emr-7.14.0, and "
    "emr-spark-8.",
    "ListSecurityConfigurations": "Names and dates, oldest first, in pages of 50.",
    "ListSessions": _NO_SESSIONS,
    "ListSteps": "Steps, newest first, in pages of 50; the last 1,000 of them.",
    "ListStudioSessionMappings": "Mappings of one studio or of all, oldest first, in pages of 50.",
    "ListStudios": "Summaries, oldest first, in pages of 50.",
    "ListSupportedInstanceTypes": "Types from a small table. Clusters may have other types, too.",
    "ModifyCluster": "Changes how many steps run side by side, at once, and stores ExtendedSupport.",
    "ModifyInstanceFleet": "Changes target capacities and what else is given. New instances are of the first "
    "type that the fleet was created with; Configurations reach later steps.",
    "ModifyInstanceGroups": "Resizes and reconfigures groups of made-up instances; Configurations reach "
    "later steps.",
    "PutAutoScalingPolicy": "Stores and shows the policy. There are no metrics here, so its rules never act.",
    "PutAutoTerminationPolicy": "Terminates the cluster after it has been idle for that long, by the clock.",
    "PutBlockPublicAccessConfiguration": "Stores the configuration. There are no security groups here that "
    "it could reject.",
    "PutManagedScalingPolicy": "Stores the policy and resizes the cluster into its limits. It does not "
    "follow the load.",
    "RemoveAutoScalingPolicy": "Removes the policy.",
    "RemoveAutoTerminationPolicy": "Removes the policy.",
    "RemoveManagedScalingPolicy": "Removes the policy; the sizes stay.",
    "RemoveTags": "Removes tags from a cluster or a studio.",
    "RunJobFlow": "Starts a cluster, which is made up, and runs its steps, which are real. Parameters about "
    "networks, roles and disks are stored and shown.",
    "SetKeepJobFlowAliveWhenNoSteps": "Sets whether a cluster terminates after its last step.",
    "SetTerminationProtection": "Protects clusters from TerminateJobFlows, or no longer.",
    "SetUnhealthyNodeReplacement": "Stored and shown; no node here becomes unhealthy.",
    "SetVisibleToAllUsers": "Stored and shown; nothing is hidden from anybody.",
    "StartNotebookExecution": _NO_NOTEBOOKS,
    "StartSession": _NO_SESSIONS,
    "StopNotebookExecution": _NO_NOTEBOOKS,
    "TerminateJobFlows": "Terminates clusters, and the processes of their steps.",
    "TerminateSession": _NO_SESSIONS,
    "UpdateStudio": "Changes a studio; subnets can only be added.",
    "UpdateStudioSessionMapping": "Replaces the policy of a mapping.",
}
