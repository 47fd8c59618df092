"""What tests control: rules, faults, the clock, seeds, and the state as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from emrsim.web.console.actions import call_control
from emrsim.web.console.site import Site

_RULES: Mapping[str, Mapping[str, Any]] = {
    "The next step fails": {"match": {"nth": 1}, "then": {"fail": {"exit_code": 1, "stderr": "disk full"}}},
    "A step of that name fails": {"match": {"step": "count*"}, "then": {"fail": True}},
    "A step hangs until it is released": {"match": {"step": "*"}, "then": {"hang": True}},
    "A step takes half a minute": {"match": {"step": "*"}, "then": {"take": "PT30S"}},
    "Steps are completed without running": {"match": {"step": "*"}, "then": {"complete": True}},
    "Bootstrap actions fail": {"match": {"cluster": "*"}, "then": {"fail_bootstrap": True}},
    "A cluster loses an instance": {
        "match": {"cluster": "*"},
        "then": {"lose_instance": {"role": "CORE", "count": 1}, "after": "PT1M"},
    },
}
_FAULTS: Mapping[str, Mapping[str, Any]] = {
    "Throttle one operation twice": {"fault": "throttling", "operation": "DescribeCluster", "count": 2},
    "Limits as AWS has them": {"fault": "throttling", "operation": "*", "burst": 10, "per_second": 1},
    "One in ten requests fails": {"fault": "error", "probability": 0.1},
    "Answers come late": {"fault": "latency", "operation": "List*", "seconds": 2},
    "S3 drops a connection": {"fault": "drop", "service": "s3", "operation": "GetObject", "count": 1},
    "Credentials have expired": {"fault": "expired-credentials", "count": 1},
}
_SEED = {
    "clusters": [{"name": "seeded", "state": "WAITING", "steps": [{"name": "done", "state": "COMPLETED"}]}]
}
PACES = ("real", "60x", "instant", "manual")


def version(site: Site, query: Mapping[str, str]) -> object:
    """Return what changes when the page does."""
    controls = site.controls
    awaited = [(when, one.what) for when, one in controls.clock.awaited()]
    rules = [(rule["id"], rule["used"]) for rule in controls.rules.all()]
    return controls.state.last_number, controls.faults.version, rules, controls.clock.pace.name, awaited


def context(site: Site, query: Mapping[str, str], why: str = "") -> dict[str, Any]:
    """Return what the page shows."""
    clock = call_control(site, "GET", "clock")
    return {
        "why": why,
        "rules": [_shown(rule, ("id", "used")) for rule in call_control(site, "GET", "rules")["rules"]],
        "faults": [
            _shown(fault, ("id", "met", "struck")) for fault in call_control(site, "GET", "faults")["faults"]
        ],
        "rule_examples": _examples(_RULES),
        "fault_examples": _examples(_FAULTS),
        "mode": clock["mode"],
        "paces": list(dict.fromkeys([*PACES, clock["mode"]])),
        "awaited": clock["awaited"],
        "seed_example": json.dumps(_SEED, indent=2),
        "settle": f"{site.settings.settle.total_seconds():g}",
        "held": site.controls.waiting_room.taken,
    }


def _shown(one: Mapping[str, Any], apart: tuple[str, ...]) -> dict[str, Any]:
    """A rule or fault: what it is as JSON, and its numbers."""
    rest = {name: value for name, value in one.items() if name not in apart}
    return {
        **{name: one[name] for name in apart},
        "json": json.dumps(rest),
        "hangs": "hang" in one.get("then", {}),
    }


def _examples(examples: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(title, json.dumps(one)) for title, one in examples.items()]
