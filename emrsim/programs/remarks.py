"""What a user should know of a run: on stderr, and in the step's controller log."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime

from emrsim.programs.surroundings import Surroundings

CONTROLLER = "controller"  # beside the syslog of a step


def remark(text: str, around: Surroundings) -> None:
    """Say `text` on stderr, and in the controller log of the step that this process belongs to, if any."""
    print(f"emrsim: {text}", file=sys.stderr, flush=True)
    if around.syslog is None:
        return
    controller = around.syslog.parent / CONTROLLER
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    # A step may have removed it: then there is nothing to add to.
    with suppress(OSError), open(controller, "r+", encoding="utf-8", errors="backslashreplace") as log:
        log.seek(0, 2)
        log.write(f"{now} INFO {text}\n")
