"""One remark on each of the 65 operations: what it does here, and how it differs from AWS.

The table in docs/fidelity.md is made of them (`api.catalogue`). Of an operation that is not in `api.table`
the remark is the reason, and is told to the client with the 501. A remark is made of whole sentences.
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
    "AddInstanceFleet": "Adds a task fleet of made-up instances, all of the first type it names.",
    "AddInstanceGroups": "Adds groups of made-up instances. They change no step's speed: all clusters share "
    "the machine's slots.",
    "AddJobFlowSteps": "Adds steps, which really run, each in a process of its own.",
    "AddTags": "Labels a cluster or a studio.",
    "CancelSteps": "Really stops the step's processes: SEND_INTERRUPT asks first, TERMINATE_PROCESS kills. "
    "The reasons of refusals are in emrsim's own words.",
    "CreatePersistentAppUI": _NO_APP_UI,
    "CreateSecurityConfiguration": "Keeps a named JSON object, to the letter. Nothing is encrypted or "
    "authenticated by it, and what is in the object is not checked.",
    "CreateStudio": "Keeps the data of a studio. No page answers at its URL; roles, networks and keys are "
    "not looked up.",
    "CreateStudioSessionMapping": "Keeps a mapping. No Identity Center is asked, so a name is not resolved "
    "to an id, nor an id to a name.",
    "DeleteSecurityConfiguration": "Forgets it, also while a cluster uses it.",
    "DeleteStudio": "Forgets the studio and its session mappings.",
    "DeleteStudioSessionMapping": "Forgets the mapping, found by the id or the name it was made with.",
    "DescribeCluster": "All there is to know of a cluster. Host names and addresses are made up.",
    "DescribeJobFlows": "The old full description, with the windows and limits of AWS.",
    "DescribeNotebookExecution": _NO_NOTEBOOKS,
    "DescribePersistentAppUI": _NO_APP_UI,
    "DescribeReleaseLabel": "The applications of a release with their versions, from a table of releases; a "
    "version that is not known is left out.",
    "DescribeSecurityConfiguration": "The document as it was given.",
    "DescribeStep": "A step's state, times and, where it failed, the reason.",
    "DescribeStudio": "The studio as it was created and updated.",
    "GetAutoTerminationPolicy": "The policy that was put.",
    "GetBlockPublicAccessConfiguration": "What was put last; at first on, with port 22 exempt.",
    "GetClusterSessionCredentials": "No endpoint on a cluster here would take such credentials.",
    "GetManagedScalingPolicy": "The policy that was put.",
    "GetOnClusterAppUIPresignedURL": _NO_APP_UI,
    "GetPersistentAppUIPresignedURL": _NO_APP_UI,
    "GetSession": _NO_SESSIONS,
    "GetSessionEndpoint": _NO_SESSIONS,
    "GetStudioSessionMapping": "A mapping, found by the id or the name it was made with.",
    "ListBootstrapActions": "The bootstrap actions of a cluster, on one page.",
    "ListClusters": "Summaries, newest first, in pages of 50.",
    "ListInstanceFleets": "The fleets of a cluster.",
    "ListInstanceGroups": "The groups of a cluster.",
    "ListInstances": "The instances of a cluster, which are made up, with ids, addresses and states of their "
    "own; those long gone are listed too.",
    "ListNotebookExecutions": _NO_NOTEBOOKS,
    "ListReleaseLabels": "The labels of the table of releases, newest first, emr-4.0.0 to emr-7.14.0 and "
    "emr-spark-8.",
    "ListSecurityConfigurations": "Names and dates, oldest first, in pages of 50.",
    "ListSessions": _NO_SESSIONS,
    "ListSteps": "Steps, newest first, in pages of 50; the last 1,000 of them.",
    "ListStudioSessionMappings": "Mappings of one studio or of all, oldest first, in pages of 50.",
    "ListStudios": "Summaries, oldest first, in pages of 50.",
    "ListSupportedInstanceTypes": "Types from a small table. Clusters are not held to it.",
    "ModifyCluster": "Changes how many steps run side by side, at once, and keeps ExtendedSupport.",
    "ModifyInstanceFleet": "Changes the target capacities. Other members answer 501.",
    "ModifyInstanceGroups": "Resizes groups of made-up instances.",
    "PutAutoScalingPolicy": "Keeps and shows the policy. There are no metrics here, so its rules never act.",
    "PutAutoTerminationPolicy": "Ends the cluster after it has been idle for that long, by the clock.",
    "PutBlockPublicAccessConfiguration": "Keeps the configuration. There are no security groups here that it "
    "could refuse.",
    "PutManagedScalingPolicy": "Keeps the policy and resizes the cluster into its limits, those in VCPU and "
    "of on-demand capacity aside. It does not follow the load.",
    "RemoveAutoScalingPolicy": "Forgets the policy.",
    "RemoveAutoTerminationPolicy": "Forgets the policy.",
    "RemoveManagedScalingPolicy": "Forgets the policy; the sizes stay.",
    "RemoveTags": "Takes labels off a cluster or a studio.",
    "RunJobFlow": "Starts a cluster, which is made up, and runs its steps, which are real. Parameters about "
    "networks, roles and disks are kept and given back.",
    "SetKeepJobFlowAliveWhenNoSteps": "Switches whether a cluster ends after its last step.",
    "SetTerminationProtection": "Locks clusters against TerminateJobFlows, or unlocks them.",
    "SetUnhealthyNodeReplacement": "Kept and shown; no node here gets unhealthy.",
    "SetVisibleToAllUsers": "Kept and shown; nothing is hidden from anybody.",
    "StartNotebookExecution": _NO_NOTEBOOKS,
    "StartSession": _NO_SESSIONS,
    "StopNotebookExecution": _NO_NOTEBOOKS,
    "TerminateJobFlows": "Ends clusters, and the processes of their steps.",
    "TerminateSession": _NO_SESSIONS,
    "UpdateStudio": "Changes a studio; subnets can be added only.",
    "UpdateStudioSessionMapping": "Exchanges the policy of a mapping.",
}
