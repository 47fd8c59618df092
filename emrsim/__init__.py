"""A local emulator of Amazon Elastic MapReduce that really runs the steps.

from emrsim import Emulator

with Emulator() as emulator:
    boto3.client("emr", endpoint_url=emulator.url, …)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emrsim.settings import __version__

if TYPE_CHECKING:
    from emrsim.app import Emulator

__all__ = ["Emulator", "__version__"]


def __getattr__(name: str) -> Any:
    """`emrsim.Emulator`, loaded with the server behind it when it is first asked for."""
    if name == "Emulator":
        from emrsim.app import Emulator

        return Emulator
    raise AttributeError(f"module 'emrsim' has no attribute {name!r}")
