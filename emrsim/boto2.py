"""boto 2.49 on Python 3.12 and later: `import emrsim.boto2` before `import boto`.

Two things of boto's are gone there (source: docs/facts/clients.md#boto-2): its copy of six finds
`boto.vendored.six.moves` with an importer of the old kind, and its plugin loader imports `imp`.
On 3.11 boto works as it is, and this only keeps it from warning about its importer.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

_MOVES = "boto.vendored.six.moves"


class _LoadedByOldImporter(Loader):
    """Hands out a module that six's own importer knows how to load."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of that name, from six's importer."""
        from boto.vendored import six

        module: ModuleType = six._importer.load_module(spec.name)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: the module came ready."""


class _MovesFinder(MetaPathFinder):
    """Finds `boto.vendored.six.moves` and what is below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder.find_spec`."""
        if fullname != _MOVES and not fullname.startswith(f"{_MOVES}."):
            return None
        return spec_from_loader(fullname, _LoadedByOldImporter())


def _install() -> None:
    sys.meta_path.insert(0, _MovesFinder())
    if sys.version_info >= (3, 12):
        sys.modules.setdefault("imp", ModuleType("imp"))


_install()


def emr_connection(host: str, port: int) -> Any:
    """A boto 2 EmrConnection to the emulator at that address."""
    from boto.emr.connection import EmrConnection
    from boto.regioninfo import RegionInfo

    region = RegionInfo(name="us-east-1", endpoint=host)
    return EmrConnection("emrsim", "emrsim", is_secure=False, port=port, region=region)
