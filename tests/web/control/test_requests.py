"""`/_emrsim/requests`."""

from __future__ import annotations

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.control import control, refused


def test_requests_are_listed_with_what_was_asked_and_answered(emrsim: Emulator) -> None:
    made = Caller(emrsim.port, "query").run()
    Caller(emrsim.port, "json").call("ListClusters", CreatedAfter=0)

    answer = control(emrsim, "GET", "requests")

    first, second = answer["requests"]
    assert (first["operation"], first["service"], first["status"]) == ("RunJobFlow", "emr", 200)
    assert first["result"]["JobFlowId"] == made
    assert second["parameters"]["CreatedAfter"] == "1970-01-01T00:00:00+00:00"
    assert answer["left_out"] == 0


def test_requests_are_chosen_by_operation_and_service(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    emr.run()
    emr.call("ListClusters")

    by_operation = control(emrsim, "GET", "requests?operation=RunJobFlow")
    by_service = control(emrsim, "GET", "requests?service=s3")

    assert [one["operation"] for one in by_operation["requests"]] == ["RunJobFlow"]
    assert by_service["requests"] == []


def test_requests_are_forgotten(emrsim: Emulator) -> None:
    Caller(emrsim.port, "json").run()

    control(emrsim, "DELETE", "requests")

    assert control(emrsim, "GET", "requests") == {"requests": [], "left_out": 0}


def test_unknown_filter_is_refused(emrsim: Emulator) -> None:
    status, message = refused(emrsim, "GET", "requests?operations=RunJobFlow")

    assert (status, message) == (400, "operations: unknown filter 'operations': did you mean 'operation'?")
