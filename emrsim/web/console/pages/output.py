"""The files that a step has written, as far as its arguments tell where."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from emrsim.core.model import Step
from emrsim.core.ports import StorageError
from emrsim.storage import is_visible
from emrsim.web.console.previews import preview
from emrsim.web.console.site import Site
from emrsim.web.console.wording import size_text

_OPTIONS = {"-output", "--output", "--dest", "-o"}
_FILES_SHOWN = 20
_OUTPUTS_MAX = 4


def output_of(site: Site, cluster_id: str, step: Step) -> list[dict[str, Any]]:
    """Return each output folder in S3 that a step's arguments name, with a preview of a file."""
    uris = _uris(step.request.args)[:_OUTPUTS_MAX]
    return [found for uri in uris if (found := _output(site, uri))]


def _uris(args: tuple[str, ...]) -> list[str]:
    found = [args[at + 1] for at, word in enumerate(args[:-1]) if word in _OPTIONS]
    found += [word.partition("=")[2] for word in args if word.partition("=")[0] in _OPTIONS and "=" in word]
    return list(dict.fromkeys(found))


def _output(site: Site, uri: str) -> dict[str, Any] | None:
    storage = site.storage
    if not storage.is_s3(uri):
        return None
    try:
        folder = storage.path(uri)
        files = _files(folder)
    except (StorageError, OSError):
        return None
    if not files:
        return None
    base = uri.rstrip("/")
    shown = next((one for one in files if not one.name.startswith(("_", ".")) and _size(one)), None)
    return {
        "uri": uri,
        "files": [
            {"name": one.name, "uri": f"{base}/{one.name}", "size": size_text(_size(one))}
            for one in files[:_FILES_SHOWN]
        ],
        "more": max(0, len(files) - _FILES_SHOWN),
        "preview": {"name": shown.name, **preview(shown)} if shown else None,
    }


def _files(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        names = sorted(one.name for one in entries if is_visible(one.name) and one.is_file())
    return [folder / name for name in names]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
