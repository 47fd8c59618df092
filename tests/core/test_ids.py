"""Identifiers have the forms that EMR's have."""

from __future__ import annotations

import re
from random import Random

import pytest

from emrsim.core import ids


@pytest.mark.parametrize(
    ("make", "form"),
    [
        (ids.cluster_id, r"j-[0-9A-Z]{13}"),
        (ids.step_id, r"s-[0-9A-Z]{13}"),
        (ids.group_id, r"ig-[0-9A-Z]{13}"),
        (ids.instance_id, r"ci-[0-9A-Z]{13}"),
        (ids.ec2_instance_id, r"i-[0-9a-f]{17}"),
        (ids.address, r"203\.0\.113\.\d{1,3}"),
    ],
)
def test_id_has_its_form(make: object, form: str) -> None:
    random = Random(1)

    assert all(re.fullmatch(form, make(random)) for _ in range(200))  # type: ignore[operator]


def test_ids_do_not_repeat() -> None:
    random = Random(1)

    assert len({ids.cluster_id(random) for _ in range(1000)}) == 1000
