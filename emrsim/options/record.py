"""The rows of the table of options about what is kept over restarts."""

# No `from __future__ import annotations`: the annotations are the table.

from typing import Annotated, TypedDict

from emrsim.options.kinds import Choice, Switch
from emrsim.options.option import NOT_OF_TESTS, Entrance, Option


class RecordOptions(TypedDict, total=False):
    """See the module."""

    durable: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Keep clusters, rules, faults, clock and requests in the data folder, over restarts.",
            entrances=Entrance.EMULATOR,
            defaults={Entrance.SERVE: True},
        ),
    ]
    fsync: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Wait for the disk with every change of state, so that a power failure loses nothing either.",
            entrances=NOT_OF_TESTS,
        ),
    ]
    on_stop: Annotated[
        str,
        Option(
            Choice(("fail", "requeue")),
            "fail",
            "What becomes of steps that run when emrsim is stopped: after the restart they are FAILED, or "
            "run again from their beginning.",
            entrances=NOT_OF_TESTS,
        ),
    ]
