"""`/_emrsim/faults`."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from tests.support.calls import Caller, Refused
from tests.support.control import control, refused


def test_fault_is_set_strikes_and_is_taken_away(emrsim: Emulator) -> None:
    fault = {"fault": "throttling", "operation": "ListClusters", "count": 1}
    emr = Caller(emrsim.port, "json")

    made = control(emrsim, "POST", "faults", fault)["id"]
    with pytest.raises(Refused, match="Rate exceeded"):
        emr.call("ListClusters")
    emr.call("ListClusters")

    listed = control(emrsim, "GET", "faults")["faults"]
    assert listed == [{"id": made, **fault, "met": 1, "struck": 1}]
    control(emrsim, "DELETE", f"faults/{made}")
    assert control(emrsim, "GET", "faults") == {"faults": []}


def test_all_faults_are_taken_away_at_once(emrsim: Emulator) -> None:
    control(emrsim, "POST", "faults", {"fault": "drop"})
    control(emrsim, "POST", "faults", {"fault": "drop", "service": "s3"})

    control(emrsim, "DELETE", "faults")

    assert control(emrsim, "GET", "faults") == {"faults": []}


def test_malformed_fault_is_refused_and_not_set(emrsim: Emulator) -> None:
    status, message = refused(emrsim, "POST", "faults", {"fault": "drop", "count": "two"})

    assert (status, message) == (400, "count: 'two' is not a whole number")
    assert emrsim.faults.list() == []


def test_unknown_fault_is_not_there(emrsim: Emulator) -> None:
    assert refused(emrsim, "DELETE", "faults/fault-9") == (404, "unknown fault 'fault-9'")
