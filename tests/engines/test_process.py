"""Steps' processes: groups of their own, ends that take all of it along, and a bare environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from emrsim.core.ports import Command
from emrsim.engines import guardian as guardian_module
from emrsim.engines import process as process_module
from emrsim.engines.guardian import Guardian
from emrsim.engines.process import StepProcess, step_environment
from tests.clients.test_tutorial import is_alive
from tests.waiting import wait_until


@pytest.fixture
def guardian() -> Iterator[Guardian]:
    """A guardian that is let go in the end."""
    guardian = Guardian()
    yield guardian
    guardian.close()


def started(script: str, folder: Path, guardian: Guardian) -> StepProcess:
    return StepProcess(Command(("/bin/sh", "-c", script)), folder, folder, guardian)


def pid_in(path: Path) -> int:
    wait_until(lambda: path.exists() and path.read_text().endswith("\n"))
    return int(path.read_text())


def test_exit_code_and_output_are_kept(tmp_path: Path, guardian: Guardian) -> None:
    process = started("echo out; echo err >&2; exit 3", tmp_path, guardian)

    assert process.wait() == 3
    assert (tmp_path / "stdout").read_text() == "out\n"
    assert (tmp_path / "stderr").read_text() == "err\n"


def test_children_left_behind_end_with_the_step(tmp_path: Path, guardian: Guardian) -> None:
    process = started("sleep 600 & echo $! > child", tmp_path, guardian)

    assert process.wait() == 0

    child = pid_in(tmp_path / "child")
    wait_until(lambda: not is_alive(child))


@pytest.mark.parametrize(
    ("script", "force", "expected"),
    [
        ("trap 'exit 7' TERM; touch ready; while :; do sleep 0.05; done", False, 7),
        ("trap '' TERM; touch ready; while :; do sleep 0.05; done", False, -9),
        ("trap 'exit 7' TERM; touch ready; while :; do sleep 0.05; done", True, -9),
    ],
)
def test_stop_asks_first_and_kills_what_does_not_listen(
    tmp_path: Path,
    guardian: Guardian,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    force: bool,
    expected: int,
) -> None:
    monkeypatch.setattr(process_module, "GRACE_SECONDS", 0.5 if "''" in script else 30.0)
    process = started(script, tmp_path, guardian)
    codes: list[int] = []
    waiting = Thread(target=lambda: codes.append(process.wait()))
    waiting.start()
    wait_until((tmp_path / "ready").exists)

    process.stop(force)

    waiting.join()
    assert codes == [expected]


def test_stopping_what_has_ended_does_nothing(tmp_path: Path, guardian: Guardian) -> None:
    process = started("true", tmp_path, guardian)
    process.wait()

    process.stop()


def test_no_credentials_of_the_host_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("LC_ALL", "C")

    environment = step_environment(tmp_path, {"EMRSIM_ROOT": "/s3"})

    assert "secret" not in environment.values()
    assert environment["HOME"] == str(tmp_path)
    assert (environment["LC_ALL"], environment["EMRSIM_ROOT"]) == ("C", "/s3")


def test_the_guardian_kills_what_still_runs_when_its_owner_is_gone() -> None:
    with (
        subprocess.Popen(["sleep", "600"], start_new_session=True) as kept,
        subprocess.Popen(["sleep", "600"], start_new_session=True) as ended,
    ):
        try:
            subprocess.run(
                [sys.executable, guardian_module.__file__],
                input=f"{kept.pid}\n{ended.pid}\n-{ended.pid}\n".encode(),
                check=True,
            )

            assert kept.wait(timeout=30) == -9
            assert ended.poll() is None
        finally:
            kept.kill()
            ended.kill()
