"""Calls that have to be refused, and must leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.errors import InvalidRequestException, ValidationException
from tests.support.calls import Caller, Refused
from tests.support.snapshots import nothing_changes

VALIDATION = {"query": ValidationException.query_code, "json": ValidationException.code}
INVALID_REQUEST = dict.fromkeys(("query", "json"), InvalidRequestException.code)

UNKNOWN_JOB_FLOW = "Specified job flow ID not valid"
UNKNOWN_CLUSTER = "Cluster id 'j-NONE' is not valid."
ENDING = "A job flow that is shutting down, terminated, or finished may not be modified."


def mutually_exclusive(kind: str, operation: str, other: str) -> str:
    """The message to a call that is not for clusters of that kind, "fleets" or "groups"."""
    return (
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the "
        f"request uses instance {kind}. The {operation} operation does not support clusters that use "
        f"instance {kind}. Use the {other} operation instead."
    )


def refused_call_changes_nothing(
    emulator: Emulator, emr: Caller, codes: dict[str, str], message: str, operation: str, **params: Any
) -> None:
    """Check that the call is refused, with the protocol's word of `codes` and that message."""
    with nothing_changes(emulator), pytest.raises(Refused) as refused:
        emr.call(operation, **params)
    assert refused.value.message == message
    assert refused.value.code == codes[emr.protocol]
    assert refused.value.status == 400


def unknown_cluster_is_refused(emulator: Emulator, emr: Caller, operation: str, **params: Any) -> None:
    """Check it for an operation that takes a ClusterId; `params` are its others."""
    refused_call_changes_nothing(
        emulator, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, operation, ClusterId="j-NONE", **params
    )
