"""`/_emrsim/reset`, `seed`, `state` and `snapshot`: the state as a whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any, TypeVar

from emrsim.core.plain import PlainError
from emrsim.web.control.calls import Call, Controls, File, Refusal

Found = TypeVar("Found")


def reset(controls: Controls, call: Call) -> dict[str, Any]:
    """Begin anew. `{"empty_root": true}` empties the S3 directory too; moto's answer."""
    asked = call.json()
    for name in asked.keys() - {"empty_root"}:
        raise Refusal(f"{name}: unknown: expected 'empty_root'")
    empty_root = asked.get("empty_root")
    if not (empty_root is None or isinstance(empty_root, bool)):
        raise Refusal(f"empty_root: {empty_root!r} is not true or false")
    controls.keeper.reset(empty_root)
    return {"status": "ok"}


def seed(controls: Controls, call: Call) -> dict[str, Any]:
    """Add clusters in any state, from JSON, or YAML with its Content-Type; answers their ids."""
    return {"clusters": _checked(lambda: controls.keeper.seed(_seed(call)))}


def export(controls: Controls, call: Call) -> dict[str, Any]:
    """All clusters, in the form of a seed."""
    return controls.keeper.export()


def snapshot(controls: Controls, call: Call) -> File:
    """The clusters and the S3 directory, as a .tar.gz."""
    archive = tempfile.TemporaryFile()  # noqa: SIM115  the sender closes it
    try:
        _checked(lambda: controls.keeper.snapshot(archive))
    except BaseException:
        archive.close()
        raise
    size = archive.seek(0, os.SEEK_END)
    archive.seek(0)
    return File("application/gzip", archive, size)


def restore(controls: Controls, call: Call) -> dict[str, Any]:
    """Begin anew with the clusters and the S3 directory of a snapshot; the ids of the clusters."""
    return {"clusters": _checked(lambda: controls.keeper.restore(call.body))}


def _seed(call: Call) -> Any:
    if "yaml" not in call.environ.get("CONTENT_TYPE", ""):
        return call.json()
    from emrsim.seed_files import read_yaml

    return read_yaml(call.text().decode("utf-8", "replace"), "the body")


def _checked(change: Callable[[], Found]) -> Found:
    try:
        return change()
    except PlainError as error:
        raise Refusal(str(error)) from None
