"""An emulator that is killed at whatever moment leaves no process of a step behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emrsim.engines import process as process_module
from tests.clients.test_tutorial import is_alive
from tests.waiting import wait_until

# An emulator, as far as processes go: it starts SCRIPT and is killed at a moment that MOMENT says.
_EMULATOR = """
import os, signal, sys
from pathlib import Path
from emrsim.core.ports import Command
from emrsim.engines.process import Place, StepProcess
from emrsim.processes.guardian import Guardian

folder, moment, script = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def end():
    os.kill(os.getpid(), signal.SIGKILL)

class Killed(Guardian):
    def started(self, session):
        (folder / "session").write_text(str(session))
        if moment == "before the guardian knows":
            end()
        super().started(session)
        if moment == "before the program runs":
            end()

guardian = Killed(folder / "clusters")
environment = {"PATH": os.defpath, "EMRSIM_MNT": f"{folder}/clusters/j-1/mnt"}
process = StepProcess(Command(("/bin/sh", "-c", script), environment), Place(folder, folder), guardian)
(folder / "guardian").write_text(str(guardian.pid))
if moment == "while it runs":
    while not (folder / "pid").exists() or not (folder / "pid").read_text().endswith("\\n"):
        pass
    end()
(folder / "ready").touch()
process.wait()
"""
_SLEEP = "echo $$ > pid; exec sleep 600"
# A daemon: it has a session and a group of its own at once.
_OWN_SESSION = "setsid sh -c 'echo $$ > pid; exec sleep 600' & wait; sleep 600"


def emulator(folder: Path, moment: str, script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _EMULATOR, str(folder), moment, script], cwd=folder)


@pytest.fixture(autouse=True)
def _nothing_is_left_of_the_test(tmp_path: Path) -> Iterator[None]:
    yield
    for path in (tmp_path / "session", tmp_path / "pid"):
        if path.exists() and path.read_text().strip() and is_alive(int(path.read_text())):
            os.kill(int(path.read_text()), signal.SIGKILL)


@pytest.mark.parametrize("script", [_SLEEP, _OWN_SESSION], ids=["plain", "own session"])
@pytest.mark.parametrize("moment", ["before the guardian knows", "before the program runs", "while it runs"])
def test_no_process_outlives_an_emulator_that_is_killed(tmp_path: Path, moment: str, script: str) -> None:
    with emulator(tmp_path, moment, script) as process:
        process.wait()

    session = int((tmp_path / "session").read_text())
    wait_until(lambda: not is_alive(session))
    wait_until(
        lambda: not (tmp_path / "pid").exists() or not is_alive(int((tmp_path / "pid").read_text() or 0))
    )
    if moment == "before the guardian knows":
        assert not (tmp_path / "pid").exists()


def test_an_emulator_that_is_killed_with_its_guardian_leaves_no_process(tmp_path: Path) -> None:
    if not process_module._ending_with_parent():
        pytest.skip("needs setpriv: install util-linux 2.33 or later")
    with emulator(tmp_path, "never", _SLEEP) as process:
        wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"))
        wait_until((tmp_path / "ready").exists)
        os.kill(int((tmp_path / "guardian").read_text()), signal.SIGSTOP)  # it can restart nobody now
        for pid in (process.pid, int((tmp_path / "guardian").read_text())):
            os.kill(pid, signal.SIGKILL)

    wait_until(lambda: not is_alive(int((tmp_path / "pid").read_text())))


def test_a_guardian_that_is_killed_is_replaced_at_once(tmp_path: Path) -> None:
    with emulator(tmp_path, "never", _OWN_SESSION) as process:
        wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"))
        wait_until((tmp_path / "ready").exists)
        first = int((tmp_path / "guardian").read_text())
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: any(one != first for one in children(process.pid) if is_guardian(one)))
        process.kill()

    wait_until(lambda: not is_alive(int((tmp_path / "session").read_text())))
    wait_until(lambda: not is_alive(int((tmp_path / "pid").read_text())))


def children(pid: int) -> list[int]:
    return [
        int(one)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for one in (task / "children").read_text().split()
    ]


def is_guardian(pid: int) -> bool:
    return b"guardian.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
