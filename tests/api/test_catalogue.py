"""The catalogue of operations; its table in docs/fidelity.md is tested with the other pages."""

from __future__ import annotations

import re

import pytest

from emrsim.api.remarks import NOT_BUILT, REMARKS
from emrsim.api.table import OPERATIONS
from emrsim.wire.model import emr_model


def test_every_operation_of_the_model_has_a_remark() -> None:
    assert set(REMARKS) == set(emr_model().operations)
    assert set(OPERATIONS) <= set(REMARKS)


def test_no_operation_that_is_here_is_said_not_to_be_built() -> None:
    assert [name for name in OPERATIONS if REMARKS[name] == NOT_BUILT] == []


@pytest.mark.parametrize("name", sorted(REMARKS))
def test_remark_is_sentences_that_a_table_can_hold(name: str) -> None:
    assert re.fullmatch(r"[A-Z][^|\n]*\.", REMARKS[name])
