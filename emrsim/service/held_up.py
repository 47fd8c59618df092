"""Why nothing happens to a cluster, for a client that waits for it."""

from __future__ import annotations

from emrsim.core.clock import Awaited
from emrsim.core.durations import duration_text
from emrsim.core.model import Cluster
from emrsim.core.states import ENDED_CLUSTERS, ENDED_STEPS, ClusterState
from emrsim.service.clock import SteeredClock
from emrsim.service.outcomes import Outcomes

# In which a client's time runs: for a first step, or until the cluster has been idle for too long.
_CLIENTS_TURN = {ClusterState.BOOTSTRAPPING, ClusterState.WAITING}


def held_up(cluster: Cluster, clock: SteeredClock, rules: Outcomes) -> str | None:
    """Return what a cluster waits for and how to go on, in words; None if it goes on by itself."""
    hanging = [(step.id, rules.hangs(step.id)) for step in cluster.occupying_steps]
    reasons = [
        f"step {step_id} hangs, as rule {rule_id} says: release it" for step_id, rule_id in hanging if rule_id
    ]
    if reasons:
        return reasons[0]
    if clock.pace.rate:
        return None
    own = ((when, one) for when, one in clock.awaited() if one.cluster_id == cluster.id)
    coming = [(when, one) for when, one in own if not is_over(one, cluster)]
    if not coming:
        return None
    when, one = coming[0]
    return (
        f"the clock is manual, and {one.what} comes in {duration_text(when - clock.now())}: advance the clock"
    )


def is_over(awaited: Awaited, cluster: Cluster | None) -> bool:
    """Whether the end of a wait will change nothing: its cluster or step has ended or gone on before."""
    if cluster is None or cluster.state in ENDED_CLUSTERS:
        return True
    if awaited.is_clients:
        return cluster.state not in _CLIENTS_TURN
    step = cluster.steps.get(awaited.step_id)
    return step is not None and step.state in ENDED_STEPS
