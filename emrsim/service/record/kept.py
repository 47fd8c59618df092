"""Values that the record keeps beside the clusters, each under its name: what they are and who reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class KeptRule:
    """A rule in the form of `core.rule_form`, and how often its patterns fitted and it was used."""

    id: str
    rule: dict[str, Any]
    fitted: int = 0
    used: int = 0


@dataclass(frozen=True)
class KeptMishap:
    """What a rule lets happen to a cluster at a time by the clock that has not come yet."""

    rule_id: str
    cluster_id: str
    due: datetime
    then: dict[str, Any]  # what stands below `then` in the rule


@dataclass(frozen=True)
class KeptRules:
    """All rules; `made` counts those there have ever been, for the next id."""

    made: int
    rules: list[KeptRule]
    mishaps: list[KeptMishap] = field(default_factory=list)


@dataclass(frozen=True)
class KeptFault:
    """A fault as it was given, how many requests it has met, and how many of them it struck."""

    id: str
    fault: dict[str, Any]
    met: int = 0
    struck: int = 0


@dataclass(frozen=True)
class KeptFaults:
    """All faults; `made` counts those there have ever been, for the next id."""

    made: int
    faults: list[KeptFault]


@dataclass(frozen=True)
class KeptClock:
    """The clock: its pace, and what it showed when the machine's showed `machine`."""

    pace: str
    shown: datetime
    machine: datetime


RULES, FAULTS, CLOCK, RUN_AGAIN = "rules", "faults", "clock", "run-again"
