"""`emrsim open`: the console in a browser."""

from __future__ import annotations

import sys
import webbrowser
from urllib.request import urlopen

_SECONDS = 5
_EXIT_NOBODY = 1


def open_console(endpoint: str, cluster_id: str | None) -> None:
    """Print the address of the console, or of a cluster's page, and open it where there is a browser.

    Exits with 1 where no emulator answers.
    """
    base = endpoint.rstrip("/")
    try:
        with urlopen(f"{base}/_emrsim/health", timeout=_SECONDS) as answer:
            answer.read()
    except OSError as error:
        print(
            f"emrsim: no emulator answers at {endpoint}: {error}. Start one with: emrsim serve",
            file=sys.stderr,
        )
        raise SystemExit(_EXIT_NOBODY) from None
    url = f"{base}/_emrsim/console/clusters/{cluster_id}" if cluster_id else f"{base}/_emrsim/"
    print(url)
    webbrowser.open(url)
