"""What a test looks at: objects, logs, steps, and an emulator's repr."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from emrsim.core.ports import StorageError
from tests.support.calls import Caller
from tests.support.engines import CommandEngine, command_step

pytestmark = pytest.mark.emrsim(engines=[CommandEngine()])


def test_objects_are_listed_by_uri(emrsim: Emulator) -> None:
    emrsim.put("s3://b/out/part-0", "x")
    emrsim.put("s3://b/out/deep/part-1", "x")
    emrsim.put("s3://b/other", "x")

    assert emrsim.list("s3://b/out/") == ["s3://b/out/deep/part-1", "s3://b/out/part-0"]
    assert emrsim.list("s3://b/other") == ["s3://b/other"]
    assert emrsim.list("s3://b/none/") == emrsim.list("s3://none/") == []
    assert emrsim.exists("s3://b/out/part-0")
    assert not emrsim.exists("s3://b/out/part-9")
    with pytest.raises(StorageError):
        emrsim.list("/tmp")


def test_steps_and_logs_are_at_hand(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    made = emr.run(Steps=[command_step("sh", "-c", "echo no luck >&2; exit 1", on_failure="CONTINUE")])
    (step_id,) = emrsim.steps(made)
    emrsim.wait(step_id, "FAILED")

    assert emrsim.steps(made) == {step_id: "FAILED"}
    logs = emrsim.logs(step_id)
    assert list(logs) == ["controller", "syslog", "stdout", "stderr"]
    assert logs["stderr"] == "no luck\n"
    with pytest.raises(KeyError, match="unknown step 's-1'"):
        emrsim.logs("s-1")
    with pytest.raises(KeyError, match="unknown cluster 'j-1'"):
        emrsim.steps("j-1")


def test_repr_tells_clusters_and_states(emrsim: Emulator) -> None:
    assert repr(emrsim) == f"<Emulator at {emrsim.url}: no clusters>"

    made = Caller(emrsim.port, "json").run()
    emrsim.wait(made, "WAITING")

    assert repr(emrsim) == f"<Emulator at {emrsim.url}: {made} WAITING>"
    assert repr(Emulator("s3")).endswith("s3, not running>")
