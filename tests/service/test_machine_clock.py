"""Whatever is done to the machine's clock, the emulator's goes on."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from emrsim import Emulator
from tests.support.calls import Caller


@pytest.mark.parametrize("hours", [-24 * 365, -1, 1, 24 * 365])
def test_a_machine_whose_clock_is_set_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    real = time.time
    with Emulator(tmp_path, boot_seconds=0.4, shutdown_seconds=0.4) as emulator:
        emr = Caller(emulator.port, "json")
        before = emulator.clock.now()
        cluster_id = emr.run()

        monkeypatch.setattr(time, "time", lambda: real() + 3600 * hours)

        assert emulator.wait(cluster_id, "WAITING", timeout=30) == "WAITING"
        emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])
        assert emulator.wait(cluster_id, timeout=30)
        assert timedelta(0) < emulator.clock.now() - before < timedelta(minutes=2)


def test_a_clock_that_fails_once_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = Emulator(tmp_path, boot_seconds=0.2).start()
    clock = emulator.clock
    next_of, failures = clock._next, iter([MemoryError("once")])

    def failing(*arguments: object) -> object:
        if error := next(failures, None):
            raise error
        return next_of(*arguments)

    monkeypatch.setattr(clock, "_next", failing)
    cluster_id = Caller(emulator.port, "json").run()

    assert emulator.wait(cluster_id, "WAITING", timeout=30) == "WAITING"
    with pytest.raises(ExceptionGroup, match="emrsim has failed"):
        emulator.close()
