"""`hive-script`: what EMR's Hive steps run."""

from __future__ import annotations

import shutil
import sys

from emrsim.core.ports import StorageError
from emrsim.programs.application_script import ApplicationScript, BadArgument, parse_application_script
from emrsim.programs.jvm.hive import main as run_hive
from emrsim.programs.jvm.kinds import what_is_missing_for
from emrsim.programs.jvm.spark import HIVE_SITE, cluster_home
from emrsim.programs.surroundings import surroundings


def main(arguments: list[str]) -> int:
    """Record that Hive is wanted, run a script, or both."""
    try:
        script = parse_application_script("hive", arguments)
        if script.installs:
            _install(script)
    except (BadArgument, StorageError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return run_hive(script.arguments) if script.runs else 0


def _install(script: ApplicationScript) -> None:
    """Keep the site file, if one is named; there is nothing else to install."""
    if script.site:
        shutil.copyfile(surroundings().storage.shipped_path(script.site), cluster_home() / HIVE_SITE)
    missing = what_is_missing_for("hive")
    print("Nothing is installed: Spark SQL runs Hive's scripts here.")
    if missing:
        print(f"It cannot do so yet: {missing}")
