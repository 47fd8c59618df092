"""`script-runner.jar SCRIPT ARGS`: a script is fetched, made executable and run; bootstrap actions too.

Source: docs/facts/api.md#runners. EMR's own scripts, which are in its buckets under `libs/` and
`bootstrap-actions/`, are programs of emrsim's.
"""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path

from emrsim.core.jars import emrs_script
from emrsim.core.ports import StorageError
from emrsim.programs.cluster_paths import on_this_machine, show_places
from emrsim.programs.execute import execute
from emrsim.programs.surroundings import Surroundings, surroundings
from emrsim.programs.table import PROGRAMS, program_at, run

_BY_SCRIPT = {"fetch": "state-pusher-script"}


def main(arguments: list[str]) -> int:
    """Run the script that the first argument names, by URI or path, with the others."""
    if not arguments:
        print("script-runner.jar: the first argument must be a script", file=sys.stderr)
        return 1
    script, *words = arguments
    around = surroundings()
    show_places(around)
    if own := emrs_script(script):
        name = _BY_SCRIPT.get(own, own)
        if name in PROGRAMS:
            return run(name, words)
        from emrsim.programs.bootstrap_actions import is_known, run_action

        if is_known(own):
            return run_action(own, words)
        print(f"EMR's own script {own} is not part of emrsim: {script}", file=sys.stderr)
        return 1
    if program := program_at(script):
        return run(program, words)
    try:
        path = fetch(script, around)
    except (StorageError, OSError) as error:
        print(f"java.io.FileNotFoundException: {error}", file=sys.stderr)
        return 1
    return execute([str(path), *words])


def fetch(script: str, around: Surroundings) -> Path:
    """An executable copy, in the working directory, of a script in S3 or HDFS; of a local one, itself.

    Raises StorageError or OSError if it cannot be had.
    """
    if "://" not in script and not script.startswith("file:"):
        return Path(on_this_machine(script, around)).absolute()
    source = around.storage.path(script)
    if not source.is_file():
        raise StorageError(f"No such file or directory: '{script}'")
    copy = Path.cwd() / source.name
    shutil.copyfile(source, copy)
    copy.chmod(copy.stat().st_mode | stat.S_IXUSR)
    return copy
