"""Why nothing happens to a cluster, for somebody who waits for it."""

from __future__ import annotations

from emrsim.core.durations import duration_text
from emrsim.core.model import Cluster
from emrsim.service.clock import SteeredClock
from emrsim.service.outcomes import Outcomes


def held_up(cluster: Cluster, clock: SteeredClock, rules: Outcomes) -> str | None:
    """What has to be done for a cluster to go on, in words; None if nothing holds it up."""
    hanging = [(step.id, rules.hangs(step.id)) for step in cluster.occupying_steps]
    told = [
        f"step {step_id} hangs, as rule {rule_id} says: release it" for step_id, rule_id in hanging if rule_id
    ]
    if told:
        return told[0]
    if clock.pace.rate:
        return None
    coming = [(when, one) for when, one in clock.awaited() if one.cluster_id == cluster.id]
    if not coming:
        return None
    when, one = coming[0]
    return (
        f"the clock is manual, and {one.what} comes in {duration_text(when - clock.now())}: advance the clock"
    )
