"""The beginning and the end of an `Emulator`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator


def test_second_start_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3") as emulator:
        running = emulator.running

        with pytest.raises(RuntimeError, match=f"the emulator is running already, at {emulator.url}"):
            emulator.start()

        assert emulator.running is running


def test_emulator_may_be_closed_within_its_block(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3") as emulator:
        emulator.close()

    assert not emulator.is_running


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"boot_seconds": "x"}, TypeError, "boot_seconds: it must be a number, not 'x'"),
        ({"boot_seconds": -5}, ValueError, "boot_seconds: it must be from 0 to 1e+09, not -5"),
        ({"step_seconds": float("nan")}, ValueError, "step_seconds: it must be from 0 to 1e+09, not nan"),
        ({"first_step_seconds": None}, TypeError, "first_step_seconds: it must be a number, not None"),
        ({"settle_seconds": 1e300}, ValueError, "settle_seconds: it must be from 0 to 1e+09, not 1e+300"),
        ({"slots": -3}, ValueError, "slots: it must be at least 1, not -3"),
        ({"slots": 1.5}, TypeError, "slots: it must be a whole number, not 1.5"),
        ({"slots": True}, TypeError, "slots: it must be a whole number, not True"),
        ({"port": 65_536}, ValueError, "port: it must be from 0 to 65535, not 65536"),
        ({"step_memory_bytes": 0}, ValueError, "step_memory_bytes: it must be at least 1, not 0"),
        ({"strict": "no"}, TypeError, "strict: it must be True or False, not 'no'"),
        ({"pass_env": "HOME"}, TypeError, "pass_env: it must be a list of names of variables, not 'HOME'"),
    ],
)
def test_option_that_cannot_be_is_refused_by_its_name(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as refused:
        Emulator(tmp_path / "s3", **options)

    assert str(refused.value) == message
    assert not (tmp_path / "s3").exists()
