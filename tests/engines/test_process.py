"""Steps' processes: groups of their own, ends that take all of it along, and a bare environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from emrsim.core.ports import Command
from emrsim.engines import process as process_module
from emrsim.engines.process import NO_LIMITS, Limits, Place, StepProcess
from emrsim.processes import guardian as guardian_module
from emrsim.processes.guardian import Guardian
from tests.clients.test_tutorial import is_alive
from tests.waiting import wait_until


@pytest.fixture
def guardian() -> Iterator[Guardian]:
    """A guardian that is let go in the end."""
    guardian = Guardian()
    yield guardian
    guardian.close()


def started(script: str, folder: Path, guardian: Guardian, limits: Limits = NO_LIMITS) -> StepProcess:
    command = Command(("/bin/sh", "-c", script), {"PATH": os.defpath})
    return StepProcess(command, Place(folder, folder), guardian, limits)


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


def test_children_in_groups_of_their_own_end_with_a_step_that_was_killed(
    tmp_path: Path, guardian: Guardian
) -> None:
    start_task = "import subprocess; print(subprocess.Popen(['sleep', '600'], process_group=0).pid)"
    process = started(f'"{sys.executable}" -c "{start_task}" > child; sleep 600', tmp_path, guardian)
    child = pid_in(tmp_path / "child")
    assert os.getpgid(child) != process.pid

    os.kill(process.pid, signal.SIGKILL)

    assert process.wait() == -9
    wait_until(lambda: not is_alive(child))


def test_stopping_what_has_ended_does_nothing(tmp_path: Path, guardian: Guardian) -> None:
    process = started("true", tmp_path, guardian)
    process.wait()

    process.stop()


def test_a_process_over_its_cpu_time_is_ended(tmp_path: Path, guardian: Guardian) -> None:
    process = started("while :; do :; done", tmp_path, guardian, Limits(cpu_seconds=1))

    assert process.wait() == -signal.SIGXCPU


def test_a_process_cannot_have_more_memory_than_its_limit(tmp_path: Path, guardian: Guardian) -> None:
    script = f"sleep 0.1; exec '{sys.executable}' -c 'x = bytearray(1 << 29)'"
    process = started(script, tmp_path, guardian, Limits(memory_bytes=1 << 28))

    assert process.wait() == 1
    assert "MemoryError" in (tmp_path / "stderr").read_text()


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


def test_a_guardian_that_was_killed_is_followed_by_another(tmp_path: Path, guardian: Guardian) -> None:
    first = started("sleep 600", tmp_path, guardian)
    assert guardian.pid is not None
    os.kill(guardian.pid, signal.SIGKILL)

    second = started("exit 0", tmp_path, guardian)

    assert second.wait() == 0
    guardian.close()
    assert first.wait() == -9


def test_a_process_that_may_not_have_its_limit_is_not_left_behind(
    tmp_path: Path, guardian: Guardian, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("not allowed to raise maximum limit")

    monkeypatch.setattr("resource.prlimit", refuse)

    with pytest.raises(PermissionError):
        started("echo $$ > pid; exec sleep 600", tmp_path, guardian, Limits(memory_bytes=1 << 40))

    pid = tmp_path / "pid"
    assert not pid.exists() or not is_alive(int(pid.read_text() or 0))
