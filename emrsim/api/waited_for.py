"""What an answer waits for.

Every one waits for what emrsim has to do at once, in the clusters that it is about: whoever terminates a
cluster and lists them finds it TERMINATED, if that takes no time by the clock.

With `settle`, the answers that clients poll also wait for steps: those that boto3's waiters, Airflow and boto
2's users ask for. ListSteps and ListClusters are not among them: no waiter polls them (source: botocore's
waiters of EMR), and they are for looking at what there is now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emrsim.service.settle import Settle

Params = Mapping[str, Any]


def _step(settle: Settle, params: Params, is_waiter: bool) -> None:
    settle.wait_for_step(params["ClusterId"], params["StepId"], is_waiter)


def _cluster(settle: Settle, params: Params, is_waiter: bool) -> None:
    settle.wait_for_clusters([params["ClusterId"]], is_waiter)


def _job_flows(settle: Settle, params: Params, is_waiter: bool) -> None:
    """Those that are named: a look at all that there is waits for nothing."""
    settle.wait_for_clusters(list(params.get("JobFlowIds", ())), is_waiter)


_WAITED_FOR: Mapping[str, Callable[[Settle, Params, bool], None]] = {
    "DescribeStep": _step,
    "DescribeCluster": _cluster,
    "DescribeJobFlows": _job_flows,
}


_LOOKS = ("Describe", "List", "Get")  # of all clusters, where none is named
_NAMES = ("ClusterId", "JobFlowId", "ResourceId")


def _clusters_in(params: Params) -> set[str]:
    """The clusters that a call is about, as far as it names them."""
    found = {params[name] for name in _NAMES if isinstance(params.get(name), str)}
    return found.union(params.get("JobFlowIds", ()))


def wait_for_answer(settle: Settle, operation: str, params: Params, is_waiter: bool = False) -> None:
    """Return when an answer need not be held back any longer. To be called without the emulator's lock.

    `is_waiter`: a waiter of botocore's asks.
    """
    named = _clusters_in(params)
    if named or operation.startswith(_LOOKS):
        settle.wait_for_what_is_due(named or None)
    if wait := _WAITED_FOR.get(operation):
        wait(settle, params, is_waiter)
