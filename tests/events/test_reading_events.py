"""Events read by a test, over HTTP, from a file and at an address."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest

from emrsim import Emulator
from tests.cli.test_serve import refused, serving
from tests.support.calls import send
from tests.support.engines import command_step

CLUSTER, STEP = "EMR Cluster State Change", "EMR Step Status Change"
KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "eu-west-1"}


def run(emr: Any, command: str = "true") -> str:
    steps = [command_step(command)]
    answer = emr.run_job_flow(Name="n", Instances={"InstanceCount": 1}, Steps=steps)
    return str(answer["JobFlowId"])


def get(emrsim: Emulator, query: str = "") -> Any:
    answer = send(emrsim.port, "GET", f"/_emrsim/events{query}")
    return json.loads(answer.body)


@contextmanager
def receiver(status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """The address of a server that answers `status`, and the JSON that was posted to it."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/events", received
        server.shutdown()
        thread.join()


def test_assertion_that_fails_says_how_the_nearest_event_differs(emrsim: Emulator, emr_client: Any) -> None:
    emrsim.wait(run(emr_client))

    with pytest.raises(AssertionError) as missing:
        emrsim.assert_event(STEP, state="FAILED", severity="ERROR")

    text = str(missing.value)
    assert text.startswith(f"There was no {STEP}(state='FAILED', severity='ERROR').\nThere were:\n")
    assert "state: expected 'FAILED', got 'PENDING'" in text


def test_assertion_of_one_event_counts(emrsim: Emulator, emr_client: Any) -> None:
    emrsim.wait(run(emr_client))

    with pytest.raises(AssertionError, match="happened 3 times, not 1"):
        emrsim.assert_event(STEP, count=1)
    assert emrsim.assert_event(STEP, count=0, state="FAILED") == []


def test_unknown_type_is_told_with_the_nearest(emrsim: Emulator) -> None:
    with pytest.raises(ValueError, match="did you mean 'EMR Step Status Change'"):
        emrsim.assert_event("EMR Step State Change", state="FAILED")


def test_waiting_for_an_event_that_does_not_come_ends(emrsim: Emulator) -> None:
    with pytest.raises(AssertionError, match=r"There were no events\.\n\(0 seconds were waited\)"):
        emrsim.wait_for_event(CLUSTER, timeout=0)


def test_events_are_read_over_http_and_chosen_by_their_members(emrsim: Emulator, emr_client: Any) -> None:
    first, second = run(emr_client), run(emr_client, "false")
    emrsim.wait(first)
    emrsim.wait(second)

    everything = get(emrsim)

    assert everything["events"] == emrsim.events()
    assert (everything["left_out"], everything["failures"]) == (0, [])
    chosen = get(emrsim, f"?detail-type=EMR%20Step%20Status%20Change&cluster={second}&state=FAILED")["events"]
    assert [one["detail"]["clusterId"] for one in chosen] == [second]


@pytest.mark.parametrize(
    ("query", "told"),
    [("stat=FAILED", "did you mean 'state'?"), ("detail-type=EMR%20Step", "unknown detail-type 'EMR Step'")],
)
def test_unknown_filter_is_refused(emrsim: Emulator, query: str, told: str) -> None:
    answer = send(emrsim.port, "GET", f"/_emrsim/events?{query}")

    assert answer.status == 400
    assert told in json.loads(answer.body)["error"]


def test_events_can_be_forgotten(emrsim: Emulator, emr_client: Any) -> None:
    emrsim.wait(run(emr_client))

    assert send(emrsim.port, "DELETE", "/_emrsim/events").status == 200
    assert get(emrsim) == {"events": [], "left_out": 0, "failures": []}


def test_file_has_each_event_on_a_line_and_keeps_what_was_in_it(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"earlier": true}\n')
    with Emulator(tmp_path / "s3", events=file) as emulator:
        client = boto3.client("emr", endpoint_url=emulator.url, **KEYS)
        emulator.wait(run(client))
        events = emulator.events()

    earlier, *lines = file.read_text().splitlines()
    assert earlier == '{"earlier": true}'
    assert [json.loads(line) for line in lines][: len(events)] == events
    assert {event["region"] for event in events} == {"eu-west-1"}


def test_address_gets_each_event_in_order(tmp_path: Path) -> None:
    with receiver() as (url, received), Emulator(tmp_path / "s3", events=url) as emulator:
        client = boto3.client("emr", endpoint_url=emulator.url, **KEYS)
        emulator.wait(run(client))
        events = emulator.events()
        emulator.close()

    assert received == events


def test_address_that_refuses_is_told_and_holds_nobody_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiver(status=500) as (url, received), Emulator(tmp_path / "s3", events=url) as emulator:
        client = boto3.client("emr", endpoint_url=emulator.url, **KEYS)
        emulator.wait(run(client))
        log, count = emulator.running.events, len(emulator.events())
        emulator.close()

    assert len(received) == count
    assert [(one.target, one.error) for one in log.failures] == [
        (url, "HTTP Error 500: Internal Server Error")
    ] * count
    assert capsys.readouterr().err.count("events cannot be delivered to") == 1


def test_address_where_nobody_listens_fails_no_step(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", events="http://127.0.0.1:9/") as emulator:
        client = boto3.client("emr", endpoint_url=emulator.url, **KEYS)
        emulator.wait(run(client))

        failures = emulator.running.events.failures
    assert all("refused" in one.error for one in failures)


@pytest.mark.parametrize("value", ["ftp://here/x", "http://", "http://a b", 7, ""])
def test_bad_value_names_the_option(value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"events: .*is not the path of a file, or an address"):
        Emulator(events=value)


def test_serve_writes_events_to_its_file(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    with serving("--root", str(tmp_path / "s3"), "--events", str(file)) as (process, lines):
        url = lines[0].split()[-1]
        client = boto3.client("emr", endpoint_url=url, **KEYS)
        cluster_id = run(client)
        process.terminate()
        process.wait(30)

    first = json.loads(file.read_text().splitlines()[0])
    assert (first["detail-type"], first["detail"]["clusterId"]) == (CLUSTER, cluster_id)


@pytest.mark.parametrize("what", ["a folder", "a pipe that nobody reads", "a file in no folder"])
def test_serve_refuses_what_it_cannot_write_to(tmp_path: Path, what: str) -> None:
    target = tmp_path / "out"
    if what == "a folder":
        target.mkdir()
    elif what == "a pipe that nobody reads":
        os.mkfifo(target)
    else:
        target = tmp_path / "none" / "out"

    told = refused("--root", "s3", "--port", "0", "--events", str(target), cwd=tmp_path)

    assert told.startswith(f"emrsim: events cannot be written to {target}: ")
