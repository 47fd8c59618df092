"""The catalogue of operations; its table in docs/fidelity.md is tested with the other pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from emrsim import Emulator
from emrsim.api.remarks import NOT_BUILT, REMARKS
from emrsim.api.table import OPERATIONS
from emrsim.wire.model import emr_model
from tests.support.calls import send


def test_every_operation_of_the_model_has_a_remark() -> None:
    assert set(REMARKS) <= set(emr_model().operations)  # a newer botocore knows more
    assert set(OPERATIONS) <= set(REMARKS)


def test_an_operation_that_a_newer_botocore_adds_answers_501(
    emrsim: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations = emr_model().operations
    added = replace(operations["ListClusters"], name="ListMoons")
    monkeypatch.setitem(operations, "ListMoons", added)
    headers = {"X-Amz-Target": "ElasticMapReduce.ListMoons", "Content-Type": "application/x-amz-json-1.1"}

    answers = [
        send(emrsim.port, headers=headers, body=b"{}"),
        send(emrsim.port, target="/?Action=ListMoons&Version=2009-03-31"),
    ]

    for answer in answers:
        assert answer.status == 501
        assert b"emrsim does not implement ListMoons. It is newer than this version of emrsim." in answer.body


def test_no_operation_that_is_here_is_said_not_to_be_built() -> None:
    assert [name for name in OPERATIONS if REMARKS[name] == NOT_BUILT] == []


@pytest.mark.parametrize("name", sorted(REMARKS))
def test_remark_is_sentences_that_a_table_can_hold(name: str) -> None:
    assert re.fullmatch(r"[A-Z][^|\n]*\.", REMARKS[name])
