"""Other users of the machine: they may not call, read what jobs wrote, nor steps the server's environment."""

from __future__ import annotations

import json
import os
import socket
import stat
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.web import peers
from tests.cli.test_serve import serving
from tests.support.calls import Caller
from tests.support.engines import command_step

NOBODY = 65534
AS_OTHER_USER = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="acts as two users: run the tests as root")


def call(emulator: Emulator, *words: str, host: str = "127.0.0.1") -> tuple[int, str]:
    """Status and body of what curl is answered, run by `words`."""
    url = f"http://{host}:{emulator.port}/_emrsim/health"
    command = [*words, "curl", "-s", "--noproxy", "*", "-w", "\n%{http_code}", url]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    body, _, status = ended.stdout.rpartition("\n")
    return int(status), body


@needs_root
@pytest.mark.parametrize(
    "target",
    [
        ["/_emrsim/streaming", "-d", json.dumps({"mapper": "touch ran", "input": "x"})],
        ["/", "-H", "X-Amz-Target: ElasticMapReduce.ListClusters", "-d", "{}"],
        ["/?Action=DescribeJobFlows"],
        ["/bucket/key", "-X", "PUT", "-d", "x"],
        ["/", "-d", "Action=ListRoles&Version=2010-05-08"],
        ["/_emrsim/health"],
    ],
    ids=lambda words: words[0],
)
def test_another_user_is_rejected_whatever_the_call(emrsim: Emulator, target: list[str]) -> None:
    command = [*AS_OTHER_USER, "curl", "-s", "--noproxy", "*", "-w", "%{http_code}", *target[1:]]
    ended = subprocess.run([*command, f"{emrsim.url}{target[0]}"], capture_output=True, text=True, check=True)

    assert ended.stdout.endswith("403")
    assert f"another user of this machine (uid {NOBODY})" in ended.stdout
    assert "--allow-other-users" in ended.stdout


@needs_root
@pytest.mark.parametrize("linger", [b"", struct.pack("ii", 1, 0)], ids=["closed", "reset"])
def test_one_who_has_hung_up_runs_nothing(emrsim: Emulator, linger: bytes) -> None:
    """The kernel does not tell whose a connection was that nobody has any more."""
    script = (
        "import os, socket; os.setuid(65534); c = socket.socket();"
        f"c.connect(('127.0.0.1', {emrsim.port}));"
        f"c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, {linger!r}) if {linger!r} else None;"
        "c.sendall(b'PUT /bucket/key HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 1\\r\\n\\r\\nx');"
        "c.close()"
    )
    (emrsim.root / "bucket").mkdir()
    for _ in range(20):
        subprocess.run([sys.executable, "-S", "-c", script], check=True)
    assert call(emrsim)[0] == 200

    assert list((emrsim.root / "bucket").iterdir()) == []


@needs_root
def test_other_users_may_be_let_in(tmp_path: Path) -> None:
    with serving("--root", str(tmp_path), "--allow-other-users") as (_, lines):
        url = lines[0].split()[-1]
        command = [*AS_OTHER_USER, "curl", "-s", "--noproxy", "*", f"{url}/_emrsim/health"]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)

    assert json.loads(ended.stdout)["status"] == "ok"


def test_the_user_itself_is_let_in(emrsim: Emulator) -> None:
    assert call(emrsim)[0] == 200
    assert call(emrsim, host="localhost")[0] == 200


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("127.0.0.1", ["0100007F", "0000000000000000FFFF00000100007F"]),
        ("127.1.2.3", ["0302017F", "0000000000000000FFFF00000302017F"]),
        ("::1", ["00000000000000000000000001000000"]),
    ],
)
@pytest.mark.skipif(sys.byteorder != "little", reason="what the kernel writes here is of another order")
def test_addresses_are_written_as_the_kernel_does(address: str, written: list[str]) -> None:
    assert list(peers._as_in_tables(address)) == written


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_the_callers_end_of_a_connection_is_found(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family) as listening:
        try:
            listening.bind((host, 0))
        except OSError:
            pytest.skip(f"there is no {host} here: enable IPv6")
        listening.listen()
        port = listening.getsockname()[1]
        with socket.create_connection((host, port)) as caller:
            found = peers._socket_of(host, caller.getsockname()[1], port)

    assert found == (os.getuid(), True)


@pytest.mark.parametrize("existing", [False, True])
def test_data_is_for_its_owner_alone(tmp_path: Path, existing: bool) -> None:
    data = tmp_path / "data"
    if existing:
        data.mkdir(mode=0o755)
    with Emulator(tmp_path / "s3", data=data) as emulator:
        emr = Caller(emulator.port, "json")
        emulator.wait(emr.run(Steps=[command_step("true")]), "WAITING")

        assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_recording_is_for_its_owner_alone(tmp_path: Path) -> None:
    recording = tmp_path / "session.py"
    recording.touch(mode=0o644)
    with serving("--root", str(tmp_path / "s3"), "--record", str(recording)) as (_, lines):
        Caller(int(lines[0].rpartition(":")[2]), "json").call("ListClusters")

        assert stat.S_IMODE(recording.stat().st_mode) == 0o600


_HIDING = """
import ctypes, os, subprocess, sys  # ctypes while its file can be read
from emrsim.service.hiding import hide_environment
from emrsim.programs.view import kernel

if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
    kernel.prctl(4, 1)  # as a process is that has not changed its user


def seen():
    return subprocess.run(["cat", f"/proc/{os.getpid()}/environ"], capture_output=True).stdout


assert b"SECRET=word" in seen()
hide_environment()
assert b"SECRET" not in seen()
child = subprocess.run(["cat", "/proc/self/environ"], env={"OWN": "word"}, capture_output=True)
assert child.stdout == b"OWN=word\\0"
print("hidden")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's prctl")
def test_programs_cannot_read_the_servers_environment() -> None:
    environment = {**os.environ, "SECRET": "word"}
    ended = subprocess.run(
        [sys.executable, "-c", _HIDING], env=environment, capture_output=True, text=True, check=False
    )

    assert (ended.stdout, ended.stderr) == ("hidden\n", "")
