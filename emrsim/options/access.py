"""The rows of the table of options about who may call."""

# No `from __future__ import annotations`: the annotations are the table.

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypedDict

from emrsim.options.kinds import Keys, NameList, Origins, Switch
from emrsim.options.option import NOT_OF_TESTS, Option


class AccessOptions(TypedDict, total=False):
    """See the module."""

    require_auth: Annotated[
        Path | str | Mapping[str, str] | None,
        Option(
            Keys(),
            None,
            "Verify the signatures of calls, with the keys of this file (in the form of ~/.aws/credentials).",
            entrances=NOT_OF_TESTS,
            setting="keys",
            default_text="signatures are not checked",
        ),
    ]
    allow_anonymous: Annotated[
        bool,
        Option(
            Switch(), False, "With keys required: accept calls without a signature.", entrances=NOT_OF_TESTS
        ),
    ]
    allow_host: Annotated[
        Sequence[str],
        Option(
            NameList("host names"),
            (),
            "Names of this server, beside localhost.",
            entrances=NOT_OF_TESTS,
            setting="allowed_hosts",
        ),
    ]
    allow_origin: Annotated[
        Sequence[str],
        Option(
            Origins(),
            (),
            "Web pages that may call, beside the server's own: http://HOST:PORT.",
            entrances=NOT_OF_TESTS,
            setting="allowed_origins",
        ),
    ]
    allow_other_users: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Accept calls from other users of this machine, who can then run programs as you.",
            entrances=NOT_OF_TESTS,
        ),
    ]
