"""Clients that are programs of their own, in Pythons of their own: `make clients` installs them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from emrsim import Emulator

_TIMEOUT_SECONDS = 110  # below pytest's


@dataclass(frozen=True)
class Ended:
    """A program that has ended."""

    code: int
    stdout: str
    stderr: str


def program_or_skip(variable: str, command: str | None = None, *, imports: str | None = None) -> str:
    """The program that `variable` names, or `command` on the PATH; skips the test if there is none.

    A Python also has to be able to import `imports`.
    """
    path = os.environ.get(variable) or (shutil.which(command) if command else None)
    check = ["-c", f"import {imports}"] if imports else ["--version"]
    if path is None or subprocess.run([path, *check], capture_output=True, check=False).returncode != 0:
        pytest.skip(
            f"{variable} names no program that runs: `make clients` installs it, `make test` finds it"
        )
    return path


def client_environment(emulator: Emulator, home: Path) -> dict[str, str]:
    """The environment of a client that knows the emulator, and nothing of the user who runs the tests."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def run_program(command: list[str], environment: Mapping[str, str], folder: Path) -> Ended:
    """Run a program in `folder` to its end."""
    ended = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)
