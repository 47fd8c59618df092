"""Which answers clients wait for: those that boto3's waiters, Airflow and boto 2's users poll.

ListSteps and ListClusters are not among them: no waiter polls them (source: botocore's waiters of EMR), and
they are for looking at what there is now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emrsim.service.settle import Settle

Params = Mapping[str, Any]


def _step(settle: Settle, params: Params) -> None:
    settle.wait_for_step(params["ClusterId"], params["StepId"])


def _cluster(settle: Settle, params: Params) -> None:
    settle.wait_for_clusters([params["ClusterId"]])


def _job_flows(settle: Settle, params: Params) -> None:
    """Those that are named: a look at all that there is waits for nothing."""
    settle.wait_for_clusters(list(params.get("JobFlowIds", ())))


_WAITED_FOR: Mapping[str, Callable[[Settle, Params], None]] = {
    "DescribeStep": _step,
    "DescribeCluster": _cluster,
    "DescribeJobFlows": _job_flows,
}


def wait_for_answer(settle: Settle, operation: str, params: Params) -> None:
    """Return when an answer need not be held back any longer. To be called without the emulator's lock."""
    if wait := _WAITED_FOR.get(operation):
        wait(settle, params)
