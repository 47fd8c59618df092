"""Answers that are held back keep nobody else waiting, whatever holds them back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.service.waiting_room import HELD_ANSWERS_MAX, NoRoom, WaitingRoom
from fake_s3.server import SERVER_THREADS
from tests.support.calls import Caller
from tests.support.engines import long_step
from tests.waiting import wait_until

MANY = SERVER_THREADS + 4
AT_ONCE = 5.0  # seconds; what keeps others waiting here lasts far longer


def ask(
    emrsim: Emulator, method: str, path: str, body: Any = None, timeout: float = 60.0
) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", emrsim.port, timeout=timeout)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def meanwhile(emrsim: Emulator, count: int, call: Callable[[int], Any]) -> Iterator[list[Any]]:
    """`count` calls at once, in the block; their results are there after it."""
    results: list[Any] = []
    with ThreadPoolExecutor(count) as pool:
        calls = [pool.submit(call, number) for number in range(count)]
        wait_until(lambda: emrsim.running.waiting_room.taken == count, "the calls to wait")
        yield results
    results += [one.result() for one in calls]


def assert_all_is_answered(emrsim: Emulator) -> None:
    emrsim.root.joinpath("bucket").mkdir(exist_ok=True)
    assert ask(emrsim, "GET", "/_emrsim/health", timeout=AT_ONCE)[0] == 200
    assert ask(emrsim, "PUT", "/bucket/key", "x", timeout=AT_ONCE)[0] == 200
    assert ask(emrsim, "GET", "/bucket/key", timeout=AT_ONCE)[0] == 200
    assert "Clusters" in Caller(emrsim.port, "json").call("ListClusters")


def test_waits_keep_nobody_else_waiting(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[long_step()])

    with meanwhile(emrsim, MANY, lambda _: ask(emrsim, "GET", f"/_emrsim/wait?id={cluster_id}")) as waits:
        assert_all_is_answered(emrsim)
        emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    assert [status for status, _ in waits] == [200] * MANY


def test_a_step_that_calls_s3_ends_while_all_wait_for_it(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/go", "go")
    look = f"curl -sf {emrsim.url}/bucket/go -o /dev/null"
    emr = Caller(emrsim.port, "json")
    script = f"while ! test -e {emrsim.root}/bucket/start; do sleep 0.05; done; {look}"
    step = {
        "Name": "s",
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["sh", "-c", script]},
    }
    cluster_id = emr.run(Steps=[step])
    (step_id,) = [one["Id"] for one in emr.call("ListSteps", ClusterId=cluster_id)["Steps"]]

    with meanwhile(emrsim, MANY, lambda _: ask(emrsim, "GET", f"/_emrsim/wait?id={step_id}")) as waits:
        emrsim.put("s3://bucket/start", "")

    assert [json.loads(answer)["state"] for _, answer in waits] == ["COMPLETED"] * MANY


def test_jobs_run_by_http_keep_nobody_else_waiting(emrsim: Emulator) -> None:
    go = emrsim.root / "go"
    job = {"mapper": f"sh -c 'while ! test -e {go}; do sleep 0.05; done'", "input": "x"}

    with meanwhile(emrsim, MANY, lambda _: ask(emrsim, "POST", "/_emrsim/streaming", job)) as jobs:
        assert_all_is_answered(emrsim)
        go.touch()

    assert [json.loads(answer)["state"] for _, answer in jobs] == ["COMPLETED"] * MANY


def test_latency_keeps_nobody_else_waiting(emrsim: Emulator) -> None:
    emrsim.faults.add(service="s3", operation="ListObjectsV2", fault="latency", seconds=3600)
    with ThreadPoolExecutor(MANY) as pool:
        for _ in range(MANY):
            pool.submit(ask, emrsim, "GET", "/bucket?list-type=2")
        wait_until(lambda: emrsim.running.waiting_room.taken == MANY)

        assert_all_is_answered(emrsim)
        emrsim.close()


def test_a_clock_that_waits_for_processes_keeps_nobody_else_waiting(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    emrsim.clock.set_pace("manual")
    cluster_id = emr.run(Steps=[long_step()])

    with meanwhile(emrsim, MANY, lambda _: ask(emrsim, "POST", "/_emrsim/clock", {"advance": "PT1H"})):
        assert_all_is_answered(emrsim)
        emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])


def test_more_waits_than_there_is_room_for_are_told_so(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[long_step()])

    def wait(_: int) -> tuple[int, bytes]:
        return ask(emrsim, "GET", f"/_emrsim/wait?id={cluster_id}")

    with meanwhile(emrsim, HELD_ANSWERS_MAX, wait) as waits:
        status, answer = wait(0)
        assert_all_is_answered(emrsim)
        emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    assert status == 503
    assert f"{HELD_ANSWERS_MAX} answers are held back already" in answer.decode()
    assert {status for status, _ in waits} == {200}


def test_a_place_is_given_back_where_no_thread_can_be_started() -> None:
    room = WaitingRoom()
    room.connect(lambda count: False)
    for _ in range(HELD_ANSWERS_MAX + 1):
        with pytest.raises(NoRoom):
            room.enter()

    room.connect(lambda count: True)
    with room.place():
        assert room.taken == 1
    assert room.taken == 0


def test_the_threads_of_those_who_waited_end(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    ask(emrsim, "GET", "/_emrsim/health")
    before = threading.active_count()
    cluster_id = emr.run()
    for _ in range(20):
        ask(emrsim, "GET", f"/_emrsim/wait?id={cluster_id}&timeout=0")
    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    wait_until(lambda: threading.active_count() <= before)


def test_a_slow_request_at_the_gateway_is_read_once(emrsim: Emulator) -> None:
    """Patterns that read a text again and again would hold up all threads."""
    ask(emrsim, "GET", "/_emrsim/health")
    texts = [
        "Credential=" * 20_000,
        "Credential=" + "a" * 200_000,
        "Credential=" + "/20260101" * 20_000,
        "Credential=a" + "%2F20260101%2Fr" * 10_000,
        "Credential=" + "%2F" * 60_000 + "aws4_request",
        "Action=x&" + "Version=1-" * 20_000,
        "&".join(["Action=x"] * 20_000),
    ]
    for text in texts:
        used = time.process_time()
        ask(emrsim, "GET", f"/?{text}")
        assert time.process_time() - used < 2, text[:40]
