"""SetVisibleToAllUsers."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from tests.api.switches import Reach, refused_for_one_switches_none, switches_all
from tests.support.calls import Caller

OPERATION = "SetVisibleToAllUsers"


@pytest.mark.parametrize("value", [True, False])
def test_all_clusters_are_switched(emr: Caller, value: bool) -> None:
    switches_all(emr, OPERATION, "VisibleToAllUsers", VisibleToAllUsers=value)


def test_refused_call_switches_none(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    refused_for_one_switches_none(emrsim, emr, reach, OPERATION, VisibleToAllUsers=False)
