"""The bootstrap action `run-if CONDITION COMMAND…`: runs a command where a condition on the instance holds.

A condition is `FILE.member=value` or `…!=value`, of `instance.json` or `job-flow.json` in `/mnt/var/lib/info`
(docs/facts/api.md#bootstrap-actions: `run-if "instance.isMaster=true" "command…"`; the rest: assumed).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from emrsim.programs.execute import execute
from emrsim.programs.surroundings import surroundings

_CONDITION = re.compile(r"([a-z-]+)\.(\w+)(!?=)(.*)", re.IGNORECASE | re.DOTALL)
_FILES = {"instance": "instance.json", "job-flow": "job-flow.json", "jobflow": "job-flow.json"}


def main(arguments: list[str]) -> int:
    """Run the command if the condition holds; 0 if it does not, 1 if it is none."""
    condition = _CONDITION.fullmatch(arguments[0]) if len(arguments) > 1 else None
    info = surroundings().mnt
    if condition is None or condition.group(1).lower() not in _FILES or info is None:
        print('run-if: "instance.MEMBER=VALUE" and a command are required', file=sys.stderr)
        return 1
    file, member, operator, expected = condition.groups()
    actual = _member(info / "var" / "lib" / "info" / _FILES[file.lower()], member)
    if (actual == expected) is not (operator == "="):
        return 0
    command = arguments[1:]
    return execute(["/bin/bash", "-c", command[0]] if len(command) == 1 else command)


def _member(path: Path, name: str) -> str | None:
    """The text of a member of a JSON object; None if there is none of that name."""
    value = json.loads(path.read_text(encoding="utf-8")).get(name)
    return json.dumps(value).strip('"') if value is not None else None
