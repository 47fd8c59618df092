"""`emrsim env`: how clients find the emulator with no change of code."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from emrsim.client_config import boto_config, client_environment

_REMARKS = {
    "BOTO_CONFIG": "boto 2: EmrConnection(), connect_emr() and connect_s3() reach emrsim through this file.",
    "AWS_ENDPOINT_URL": "boto3 and the AWS CLI.",
    "AWS_ACCESS_KEY_ID": "Any keys will do: emrsim does not check them.",
}


def environment(host: str, port: int, config: Path) -> str:
    """Shell lines, with comments, that point clients at an emulator at that address."""
    lines = []
    for name, value in client_environment(host, port, config).items():
        if remark := _REMARKS.get(name):
            lines.append(f"# {remark}\n")
        lines.append(f"export {name}={shlex.quote(value)}\n")
    return "".join(lines)


def write_env(host: str, port: int, path: Path) -> None:
    """Write the config file and print the shell lines. Exits with 2 if the file cannot be written."""
    try:
        path.write_text(boto_config(host, port), encoding="utf-8")
    except OSError as error:
        print(f"emrsim: {path} cannot be written: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    print(environment(host, port, path.absolute()), end="")
