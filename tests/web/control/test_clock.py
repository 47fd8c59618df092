"""The clock over HTTP, as curl would move it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.control import control, refused
from tests.support.engines import CommandEngine, command_step, long_step

pytestmark = pytest.mark.emrsim(clock="manual", engines=[CommandEngine()])


def test_clock_tells_what_it_waits_for(emrsim: Emulator) -> None:
    cluster_id = Caller(emrsim.port, "json").run()
    emrsim.clock.advance("PT30S")

    told = control(emrsim, "GET", "clock")

    assert told["mode"] == "manual"
    assert told["now"] == emrsim.clock.now().isoformat()
    (coming,) = told["awaited"]
    assert (coming["in"], coming["for"], coming["of"]) == (
        "PT1M30S",
        "the start of its instances",
        cluster_id,
    )


def awaited(emrsim: Emulator) -> list[str]:
    return [one["for"] for one in control(emrsim, "GET", "clock")["awaited"]]


def test_what_can_change_nothing_any_more_is_not_told(emrsim: Emulator) -> None:
    """The process of a step that is cancelled, and the idle time of a cluster that works or has ended."""
    emr = Caller(emrsim.port, "json")
    policy = {"IdleTimeout": 3600}
    cluster_id = emr.run(ReleaseLabel=RELEASE, AutoTerminationPolicy=policy)
    emrsim.clock.advance("PT4M")
    assert awaited(emrsim) == ["a step, or the end of its idle time"]

    steps = [command_step("true"), command_step("true")]
    first, second = emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=steps)["StepIds"]
    emrsim.clock.advance(1)
    assert awaited(emrsim) == [f"the start of the process of {first}"]

    emr.call("CancelSteps", ClusterId=cluster_id, StepIds=[first])
    emrsim.clock.advance(1)
    assert awaited(emrsim) == [f"the start of the process of {second}"]
    assert f"process of {second}" in str(emrsim.running.held_up(cluster_id))

    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])
    emrsim.clock.advance("PT1M")
    assert (awaited(emrsim), emrsim.running.held_up(cluster_id)) == ([], None)
    assert emrsim.wait(cluster_id) == "TERMINATED"


def test_advance_answers_when_all_is_done(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run()
    before = datetime.fromisoformat(control(emrsim, "GET", "clock")["now"])

    told = control(emrsim, "POST", "clock", {"advance": "PT4M"})

    assert datetime.fromisoformat(told["now"]) - before == timedelta(minutes=4)
    assert emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Status"]["State"] == "WAITING"


def test_mode_is_changed(emrsim: Emulator) -> None:
    assert control(emrsim, "POST", "clock", {"mode": "60x"})["mode"] == "60x"
    assert control(emrsim, "POST", "clock", {})["mode"] == "60x"


def test_what_is_not_waited_for_any_longer_is_told(emrsim: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(emrsim.clock).move, "__defaults__", (0.1,))
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[long_step()])
    (step,) = emr.call("ListSteps", ClusterId=cluster_id)["Steps"]

    told = control(emrsim, "POST", "clock", {"advance": "PT5M"})

    assert told["warnings"] == [
        f"the clock went on without waiting any longer for the process of {step['Id']}"
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"advance": "-PT1S"}, "advance: the clock cannot be moved backwards"),
        ({"advance": "1h"}, "advance: invalid duration '1h'"),
        ({"advance": 1e300}, "advance: 1e+300 is out of range: expected at most"),
        ({"advance": "P3000000D"}, "advance: 'P3000000D' is out of range: expected at most a hundred years"),
        ({"advance": None}, "advance: invalid duration None"),
        ({"mode": "fast"}, "mode: invalid pace 'fast': use real, instant, manual or a pace such as 60x"),
        ({"mode": ["real"]}, "mode: invalid pace ['real']"),
        ({"mod": "real"}, "mod: unknown: expected 'mode' or 'advance'"),
        (b"{", "the body: not JSON"),
        (b"[" * 100_000, "the body: not JSON"),
        (["PT1H"], "the body: not a JSON object"),
    ],
)
def test_bad_call_is_refused_naming_the_place(emrsim: Emulator, content: Any, words: str) -> None:
    before = control(emrsim, "GET", "clock")

    status, said = refused(emrsim, "POST", "clock", content)

    assert (status, said[: len(words)]) == (400, words)
    assert control(emrsim, "GET", "clock") == before


def test_mode_is_not_changed_by_a_call_with_a_bad_duration(emrsim: Emulator) -> None:
    refused(emrsim, "POST", "clock", {"mode": "real", "advance": "no"})

    assert emrsim.clock.pace.name == "manual"


def test_too_large_a_body_is_refused(emrsim: Emulator) -> None:
    status, said = refused(emrsim, "POST", "clock", b" " * (10 * 1024 * 1024 + 1))

    assert (status, said) == (413, "the body: larger than 10485760 bytes")
