"""Interpreters that EMR has and this machine may lack: in commands, scripts and bootstrap actions alike."""

from __future__ import annotations

import os

import pytest

from emrsim import Emulator
from tests.service.test_steps_on_the_master import SCRIPT_RUNNER, Run, bootstrap, command, jar_step, put

PRINT = ("-c", "print(7/2)")


@pytest.mark.parametrize(
    "words",
    [
        ("/usr/bin/python2.7", *PRINT),
        ("/bin/python2", *PRINT),
        ("/usr/local/bin/python2.6", *PRINT),
        ("sudo", "-u", "hadoop", "/usr/bin/python2.7", *PRINT),
    ],
)
def test_a_command_for_python_2_fails_and_names_it(emrsim: Emulator, words: tuple[str, ...]) -> None:
    asked = next(word for word in words if "python2" in word)
    if os.path.exists(asked):
        pytest.skip(f"this machine has {asked}")

    run = Run(emrsim, command(*words))

    assert run.state == "FAILED"
    assert f"{asked} is not on this machine, and Python 3 is not run in its place" in run.wrote("stderr")
    assert "3.5" not in run.wrote()


@pytest.mark.parametrize("asked", ["/bin/python", "/usr/local/bin/python3", "/usr/local/bin/python"])
def test_a_python_by_path_runs_a_script_of_python_3(emrsim: Emulator, asked: str) -> None:
    run = Run(emrsim, command(asked, *PRINT))

    assert (run.state, run.wrote()) == ("COMPLETED", "3.5\n"), run.wrote("stderr")


@pytest.mark.parametrize("kind", ["step", "bootstrap action"])
@pytest.mark.parametrize(
    ("script", "state", "why"),
    [
        ("echo ran > ~/ran\n", "COMPLETED", ""),  # no first line: the shell's
        ("\necho ran > ~/ran\n", "COMPLETED", ""),
        ("#!/bin/sh\r\necho ran > ~/ran\r\n", "FAILED", "ends with a carriage return"),
        ("#!/usr/bin/env python3\r\nprint(1)\r\n", "FAILED", "ends with a carriage return"),
        ("#!/usr/bin/python\r\nprint(1)\r\n", "FAILED", "ends with a carriage return"),
        ("#!/nowhere/python2.7\nprint(7/2)\n", "FAILED", "Python 3 is not run in its place"),
        ("#!/usr/bin/env nowhere\n", "FAILED", "its first line asks for 'nowhere'"),
    ],
)
def test_scripts_are_started_as_the_kernel_and_java_would(
    emrsim: Emulator, kind: str, script: str, state: str, why: str
) -> None:
    uri = put(emrsim, "s.sh", script)
    seen = command("cat", "/home/hadoop/ran")

    if kind == "step":
        run = Run(emrsim, jar_step(SCRIPT_RUNNER, uri))
        assert run.state == state, run.wrote("stderr")
        assert why in run.wrote("stderr")
    elif state == "COMPLETED":
        run = Run(emrsim, seen, BootstrapActions=[bootstrap(uri)])
        assert run.wrote() == "ran\n"
    else:
        run = Run(emrsim, seen, BootstrapActions=[bootstrap(uri)])
        assert run.state == "CANCELLED"
        logs = run.folder / "node" / run.cluster.master.ec2_id / "bootstrap-actions" / "1"
        assert why in (logs / "stderr").read_text()
