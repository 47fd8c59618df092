"""A local emulator of Amazon Elastic MapReduce that really runs the steps.

from emrsim import Emulator

with Emulator() as emulator:
    boto3.client("emr", endpoint_url=emulator.url, …)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emrsim.emulator import Emulator
    from emrsim.settings import __version__

__all__ = ["Emulator", "__version__"]


def __getattr__(name: str) -> Any:
    """The names of this package, loaded when first asked for: `emrsim streaming` needs neither of them."""
    if name == "Emulator":
        from emrsim.emulator import Emulator

        return Emulator
    if name == "__version__":
        from emrsim.settings import __version__

        return __version__
    raise AttributeError(f"module 'emrsim' has no attribute {name!r}")
