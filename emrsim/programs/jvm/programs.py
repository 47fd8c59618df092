"""What the programs on Java have in common: how they fail where a part is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps

from emrsim.programs.site_files import BadSiteFile
from emrsim.runtimes.missing import Missing

EXIT_CANNOT_RUN = 1


def saying_what_is_missing(main: Callable[[list[str]], int]) -> Callable[[list[str]], int]:
    """`main` that tells on stderr what to install or to change where it cannot run, and then gives 1."""

    @wraps(main)
    def program(arguments: list[str]) -> int:
        try:
            return main(arguments)
        except (Missing, BadSiteFile) as error:
            print(f"emrsim cannot run this: {error}", file=sys.stderr)
            return EXIT_CANNOT_RUN

    return program
