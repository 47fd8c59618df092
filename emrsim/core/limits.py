"""Numbers fixed by EMR, each with its source."""

from __future__ import annotations

from datetime import timedelta

ACTIVE_STEPS_MAX = 256  # Management Guide, AddMoreThan256Steps
JOB_FLOWS_PER_TERMINATE_MAX = 10  # API Reference, TerminateJobFlows
DESCRIBED_STEPS_MAX = 256  # step records DescribeJobFlows shows; Management Guide, AddMoreThan256Steps
LISTED_STEPS_MAX = 1000  # step records ListSteps shows; same page
STEPS_PER_REQUEST_MAX = 256  # API Reference, AddJobFlowSteps
STEP_ID_FILTER_MAX = 10  # API Reference, ListSteps
BOOTSTRAP_ACTIONS_MAX = 16  # Management Guide, emr-plan-bootstrap
PAGE_SIZE = 50  # API Reference, ListClusters, ListSteps and others
INSTANCES_PAGE_SIZE = 2000  # API Reference, ListInstances
# Stands for an account's quota of EC2 instances, which has no fixed number; as many as ListInstances lists.
CLUSTER_INSTANCES_MAX = 2000
DESCRIBED_JOB_FLOWS_MAX = 512  # API Reference, DescribeJobFlows
TAG_KEY_LENGTH_MAX = 128  # Management Guide, emr-plan-tags
TAG_VALUE_LENGTH_MAX = 256  # same page
RELEASE_LABELS_PAGE_SIZE = 100  # API Reference, ListReleaseLabels; as botocore's model has it
STUDIO_SUBNETS_MAX = 5  # API Reference, CreateStudio; as botocore's model has it

# DescribeJobFlows' windows (source: API Reference, DescribeJobFlows).
DESCRIBED_WINDOW = timedelta(days=61)  # "two months"
DEFAULT_ENDED_WINDOW = timedelta(weeks=2)
