"""The beginning and the end of an `Emulator`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

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
        ({"boot_seconds": "x"}, TypeError, "boot_seconds: 'x' is not a number: expected 0 to 1000000000"),
        ({"boot_seconds": -5}, ValueError, "boot_seconds: -5 is out of range: expected 0 to 1000000000"),
        (
            {"step_seconds": float("nan")},
            ValueError,
            "step_seconds: nan is out of range: expected 0 to 1000000000",
        ),
        (
            {"first_step_seconds": None},
            TypeError,
            "first_step_seconds: None is not a number: expected 0 to 1000000000",
        ),
        ({"settle_seconds": 1e300}, ValueError, "settle_seconds: 1e+300 is out of range: expected 0 to 55"),
        ({"slots": -3}, ValueError, "slots: -3 is out of range: expected 1 to 4096"),
        ({"slots": 1.5}, TypeError, "slots: 1.5 is not a whole number: expected 1 to 4096"),
        ({"slots": True}, TypeError, "slots: True is not a whole number: expected 1 to 4096"),
        ({"port": 65_536}, ValueError, "port: 65536 is out of range: expected 0 to 65535"),
        (
            {"step_memory_bytes": 0},
            ValueError,
            f"step_memory_bytes: 0 is out of range: expected 1 to {1 << 62} bytes",
        ),
        (
            {"step_memory_bytes": "2q"},
            ValueError,
            "step_memory_bytes: '2q' is not a number of bytes, or a size such as 512m or 2g",
        ),
        (
            {"step_cpu_seconds": 0},
            ValueError,
            "step_cpu_seconds: 0 is out of range: expected 1 to 1000000000",
        ),
        (
            {"clock": "quick"},
            ValueError,
            "invalid clock 'quick': use real, instant, manual or a pace such as 60x",
        ),
        ({"clock": 5}, ValueError, "invalid clock 5: use real, instant, manual or a pace such as 60x"),
        ({"hadoop": "/no/such"}, ValueError, "hadoop: '/no/such' is not a folder that exists"),
        ({"seed": "no.json"}, ValueError, "seed: 'no.json' is not a file that exists"),
        (
            {"region": "here and there"},
            ValueError,
            "region: 'here and there' is not a region such as us-east-1",
        ),
        (
            {"require_auth": {}},
            TypeError,
            "require_auth: {} is not the path of a file as ~/.aws/credentials, "
            "or a dictionary of secrets by access key",
        ),
        (
            {"engines": "mine"},
            TypeError,
            "engines: 'mine' is not a list of engines, which have accepts(job) and command(job)",
        ),
        ({"bootseconds": 1}, TypeError, "unknown option 'bootseconds': did you mean 'boot_seconds'?"),
        (
            {"record": "x.py"},
            TypeError,
            "unknown option 'record': expected one of allow_anonymous, allow_host, allow_origin, "
            "allow_other_users, boot_seconds, cache, clock, data, durable, engines, events, "
            "first_step_seconds, …",
        ),
        ({"strict": "no"}, TypeError, "strict: 'no' is not True or False"),
        ({"pass_env": "HOME"}, TypeError, "pass_env: 'HOME' is not a list of names (environment variables)"),
    ],
)
def test_invalid_option_is_rejected_by_its_name(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as refused:
        Emulator(tmp_path / "s3", **options)

    assert str(refused.value) == message
    assert not (tmp_path / "s3").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the open files: needs Linux")
def test_an_emulator_that_has_ended_has_no_file_open(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3") as emulator:
        (tmp_path / "s3" / "bucket").mkdir()
        urlopen(Request(f"{emulator.url}/bucket/key", b"content", method="PUT")).close()
        open_then = _open_files_below(tmp_path)

    assert open_then
    assert _open_files_below(tmp_path) == []


def _open_files_below(folder: Path) -> list[str]:
    """The files below a folder that this process has open."""
    names = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    places = [os.readlink(name) for name in names if os.path.islink(name)]
    return [place for place in places if place.startswith(str(folder))]
