"""`emrsim demo`: the boto EMR tutorial against an emulator, checked line by line."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from emrsim.client_config import boto_config
from emrsim.emulator import Emulator

# Long enough for every state to be seen by somebody who asks every few milliseconds.
EXIT_STEP_FAILED = 3
_BOOT_SECONDS = 0.6
_SHUTDOWN_SECONDS = 0.3


def run_demo(endpoint: str | None) -> int:
    """Run the tutorial.

    Returns 0 if everything was as the tutorial says, 1 if something was not, 2 if it cannot be run, and 3 if
    a step could not run on this machine.
    """
    try:
        if endpoint is not None:
            return _against(endpoint, every_state=False)
        with Emulator(boot_seconds=_BOOT_SECONDS, shutdown_seconds=_SHUTDOWN_SECONDS) as emulator:
            return _against(emulator.url, every_state=True)
    except ModuleNotFoundError as error:
        if error.name != "boto":
            raise
        print("emrsim: the demo needs boto 2.49: pip install 'emrsim[boto2]'", file=sys.stderr)
        return 2


def _against(endpoint: str, every_state: bool) -> int:
    """The tutorial, with boto pointed at `endpoint` by a config file and its keys in the environment."""
    url = urlsplit(endpoint)
    if url.scheme != "http" or not url.hostname:
        print(f"emrsim: --endpoint must be like http://127.0.0.1:4580, not {endpoint}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="emrsim-demo-") as folder:
        config = Path(folder) / "boto.cfg"
        config.write_text(boto_config(url.hostname, url.port or 80))
        # boto reads its config when it is imported, which the tutorial does.
        os.environ["BOTO_CONFIG"] = str(config)
        os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "emrsim"
        from emrsim.cli.tutorial import Tutorial, Untrue

        try:
            failed = Tutorial(url.hostname, url.port or 80, every_state).run()
        except Untrue as untrue:
            print(f"\nNOT TRUE: {untrue}", file=sys.stderr)
            return 1
    if failed:
        print("\nEverything else was as the tutorial says. A step FAILED:", file=sys.stderr)
        print("\n".join(f"  {one}" for one in failed), file=sys.stderr)
        return EXIT_STEP_FAILED
    print("\nEverything was as the tutorial says.")
    return 0
