"""`emrsim doctor`: which kinds of step can run on this machine, and what would enable the others."""

from __future__ import annotations

from emrsim.programs.findings import findings


def print_findings() -> None:
    """Print a line for each kind of step, and below it what is missing or worth knowing, if anything is."""
    for one in findings():
        print(f"{'no ' if one.missing else 'yes'}  {one.name:11} {one.what}")
        for told in filter(None, (one.missing, one.note)):
            print(f"                 {told}")
