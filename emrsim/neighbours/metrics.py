"""EMR's metrics in moto's CloudWatch, which asks for them at every read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, Protocol

_NAMESPACE = "AWS/ElasticMapReduce"


class Sample(Protocol):
    """One value of a metric of a cluster."""

    @property
    def cluster_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def unit(self) -> str: ...
    @property
    def time(self) -> datetime: ...


# The samples of a region.
Source = Callable[[str], Iterable[Sample]]

_sources: list[Source] = []  # of the emulators in this process


def provide(source: Source) -> None:
    """Let CloudWatch have the metrics of `source` too."""
    _register()
    if source not in _sources:
        _sources.append(source)


def withdraw(source: Source) -> None:
    """Let CloudWatch have them no more."""
    if source in _sources:
        _sources.remove(source)


@cache
def _register() -> type:
    """moto asks the subclasses of its provider; this one is there from the first emulator on."""
    from moto.cloudwatch.models import MetricDatum
    from moto.core.common_models import CloudWatchMetricProvider

    class EmrMetrics(CloudWatchMetricProvider):  # type: ignore[misc]
        @staticmethod
        def get_cloudwatch_metrics(account_id: str, region: str) -> list[Any]:
            found = (sample for source in list(_sources) for sample in source(region))
            return [
                MetricDatum(
                    _NAMESPACE,
                    one.name,
                    one.value,
                    [{"Name": "JobFlowId", "Value": one.cluster_id}],
                    one.time.replace(tzinfo=None),  # moto's times are in UTC and do not say so
                    one.unit,
                )
                for one in found
            ]

    return EmrMetrics
