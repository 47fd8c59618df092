"""The list of clusters, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from emrsim.api.views import cluster_summary
from emrsim.core.model import Cluster
from emrsim.core.states import ENDED_CLUSTERS, ClusterState
from emrsim.service.record.clusters import EndedCluster
from emrsim.web.console.sentences import cluster_sentence, steps_summary
from emrsim.web.console.site import Site
from emrsim.web.console.wording import between, tone

PAGE_SIZE = 25
_GROUPS: Mapping[str, frozenset[ClusterState]] = {
    "active": frozenset(ClusterState) - ENDED_CLUSTERS,
    "failed": frozenset({ClusterState.FAILED}),
    "ended": frozenset({ClusterState.COMPLETED, ClusterState.TERMINATED}),
}


def version(site: Site, query: Mapping[str, str]) -> object:
    """Return what changes when the page does."""
    return site.controls.state.last_number


def context(site: Site, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows."""
    group, name = query.get("state", ""), query.get("name", "").strip()
    number = _number(query.get("page"))
    with site.controls.state.locked() as state:
        counts = _counts(state.clusters.newest_first())
        found = _found(site, state.clusters.newest_first(), group, name)
        first = (number - 1) * PAGE_SIZE
        shown = list(islice(found, first, first + PAGE_SIZE + 1))
        rows = [_row(site, state.clusters[one.id]) for one in shown[:PAGE_SIZE]]
    return {
        "rows": rows,
        "counts": counts,
        "state": group,
        "name": name,
        "page": number,
        "has_next": len(shown) > PAGE_SIZE,
        "first": first + 1,
        "url": site.url(),
        "is_busy": counts["active"] > 0,
    }


def _counts(clusters: Iterable[Cluster | EndedCluster]) -> dict[str, int]:
    states = [one.state for one in clusters]
    by_group = {name: sum(state in group for state in states) for name, group in _GROUPS.items()}
    return {"": len(states), **by_group}


def _found(
    site: Site, clusters: Iterable[Cluster | EndedCluster], group: str, name: str
) -> Iterator[Cluster | EndedCluster]:
    wanted, text = _GROUPS.get(group), name.lower()
    for one in clusters:
        fits = wanted is None or one.state in wanted
        if fits and (not text or text in one.id.lower() or text in site.name_of(one).lower()):
            yield one


def _row(site: Site, cluster: Cluster) -> dict[str, Any]:
    now = site.now
    summary = cluster_summary(cluster, now)
    state = summary["Status"]["State"]
    return {
        "id": cluster.id,
        "name": summary["Name"],
        "state": state,
        "tone": tone(state),
        "sentence": cluster_sentence(cluster, now, site.why_held_up(cluster)),
        "steps": steps_summary(cluster),
        "created": cluster.created_at,
        "lasted": between(cluster.created_at, cluster.ended_at, now),
        "release": cluster.request.release_label or f"AMI {cluster.request.ami_version or '1.0'}",
        "ended": cluster.ended_at,
    }


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 9 else 1
