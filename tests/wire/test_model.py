"""The service model, read from botocore's data."""

from __future__ import annotations

import subprocess
import sys

from emrsim.wire.model import emr_model
from emrsim.wire.query import KEY_VALUE_LISTS, LEFT_OUT


def test_model_has_all_operations() -> None:
    assert len(emr_model().operations) >= 65


def test_every_shape_that_is_named_is_there() -> None:
    model = emr_model()
    for shape in model.shapes.values():
        named = {*shape.members.values(), shape.member, shape.key, shape.value} - {""}
        assert named <= set(model.shapes)
        assert set(shape.required) <= set(shape.members)


def test_every_exception_of_the_model_for_boto_2_is_about_a_member_that_exists() -> None:
    shapes = emr_model().shapes
    for exceptions in (LEFT_OUT, KEY_VALUE_LISTS):
        for name, members in exceptions.items():
            assert members <= set(shapes[name].members)


def test_reading_the_model_does_not_import_botocore() -> None:
    program = "import sys, emrsim.wire.model as m; m.emr_model(); sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
