"""Every operation has its place, and what is not built says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import emrsim.api.operations
from emrsim import Emulator
from emrsim.api.remarks import REMARKS
from emrsim.api.table import OPERATIONS
from emrsim.wire.model import emr_model
from tests.support.calls import Caller, Refused
from tests.support.snapshots import snapshot

FILES = Path(emrsim.api.operations.__file__).parent
TESTS = Path(__file__).parent / "operations"
NOT_IMPLEMENTED = sorted(set(emr_model().operations) - set(OPERATIONS))


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_of_the_table_has_a_file_and_a_test_file(operation: str) -> None:
    name = snake_case(operation)

    assert (FILES / f"{name}.py").is_file()
    assert (TESTS / f"test_{name}.py").is_file()
    assert OPERATIONS[operation].__name__ == name
    assert OPERATIONS[operation].__module__ == f"emrsim.api.operations.{name}"


def test_every_file_of_an_operation_is_in_the_table() -> None:
    files = {path.stem for path in FILES.glob("*.py")} - {"__init__"}

    assert files == {snake_case(operation) for operation in OPERATIONS}


def test_table_knows_only_operations_of_emr() -> None:
    assert set(OPERATIONS) <= set(emr_model().operations)


@pytest.mark.parametrize("protocol", ["json", "query"])
def test_operation_that_is_not_implemented_answers_501_in_the_protocol_of_the_call(
    emrsim: Emulator, protocol: str
) -> None:
    emr = Caller(emrsim.port, protocol)

    assert NOT_IMPLEMENTED
    for operation in NOT_IMPLEMENTED:
        with pytest.raises(Refused) as refused:
            emr.call(operation)
        assert (refused.value.status, refused.value.code) == (501, "NotImplemented")
        message = f"emrsim does not implement {operation}. {REMARKS[operation]} Nothing was done."
        assert refused.value.message == message
    assert snapshot(emrsim) == {}
