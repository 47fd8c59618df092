"""Fixtures for the packages of tests that talk to EMR; their conftest.py imports what they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.engines import CommandEngine
from tests.waiting import wait_until


@pytest.fixture
def emrsim_options() -> dict[str, Any]:
    """For the plugin's fixture `emrsim`: plain commands as steps, no wait for a first; answers at once."""
    return {"first_step_seconds": 0, "settle_seconds": 0, "engines": [CommandEngine()]}


@pytest.fixture
def slow_emrsim(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator whose clusters stay STARTING until a test posts the events itself."""
    with Emulator(tmp_path / "s3", data=tmp_path / "data", boot_seconds=7200) as emulator:
        yield emulator


@pytest.fixture(params=["query", "json"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def emr(emrsim: Emulator, protocol: str) -> Caller:
    """EMR in both protocols, one after the other."""
    return Caller(emrsim.port, protocol)


@pytest.fixture
def slow_emr(slow_emrsim: Emulator, protocol: str) -> Caller:
    """EMR of the emulator `slow_emrsim`, in both protocols."""
    return Caller(slow_emrsim.port, protocol)


@pytest.fixture
def reach(emrsim: Emulator) -> Callable[..., Cluster]:
    """`reach(cluster_id, *states)`: wait until a cluster is in one of the states, and return it."""

    def reach(cluster_id: str, *states: str) -> Cluster:
        cluster = emrsim.running.state.clusters[cluster_id]
        wait_until(lambda: cluster.state.value in states, f"{cluster_id} in {states}, not {cluster.state}")
        return cluster

    return reach


@pytest.fixture
def finish(emrsim: Emulator) -> Callable[[str], Any]:
    """`finish(cluster_id)`: wait until all its steps have ended."""

    def finish(cluster_id: str) -> None:
        cluster = emrsim.running.state.clusters[cluster_id]
        wait_until(lambda: not cluster.active_steps, f"the end of all steps of {cluster_id}")

    return finish
