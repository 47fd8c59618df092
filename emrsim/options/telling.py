"""The rows of the table of options about what `emrsim serve` prints."""

# No `from __future__ import annotations`: the annotations are the table.

from typing import Annotated, TypedDict

from emrsim.options.kinds import Choice, Switch
from emrsim.options.option import Entrance, Option


class TellingOptions(TypedDict, total=False):
    """See the module."""

    quiet: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Print the address only, and nothing of what happens.",
            entrances=Entrance.SERVE,
            setting="",
        ),
    ]
    log_format: Annotated[
        str | None,
        Option(
            Choice(("text", "json")),
            None,
            "Print a line for each state of a job flow and step, in this form.",
            entrances=Entrance.SERVE,
            setting="",
            default_text="text on a terminal, else nothing is printed",
        ),
    ]
    access_log: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Print a line for each request of EMR and S3.",
            entrances=Entrance.SERVE,
            setting="",
        ),
    ]
