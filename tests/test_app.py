"""The beginning and the end of an `Emulator`."""

from __future__ import annotations

from pathlib import Path

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
