"""Buckets, folders and files: S3 as the directory that it is, and the HDFS of living clusters."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emrsim.core.ports import StorageError
from emrsim.storage import BUILT_IN_BUCKETS, DirectoryStorage, is_visible
from emrsim.web.console.previews import picture_type, preview
from emrsim.web.console.site import NotThere, Site

PAGE_SIZE = 200


def storage_for(site: Site, cluster_id: str) -> DirectoryStorage:
    """Return S3, with the HDFS of a cluster where one is named. Raises NotThere."""
    if not cluster_id:
        return site.storage
    with site.controls.state.locked():
        site.cluster(cluster_id)
    return DirectoryStorage(site.settings.root, hdfs=site.folder(cluster_id).hdfs)


def path_of(site: Site, uri: str, cluster_id: str, to_write: bool = False) -> Path:
    """Return the path of a URI of S3, or of HDFS where a cluster is named. Raises StorageError, NotThere."""
    storage = storage_for(site, cluster_id)
    is_hdfs = uri.startswith("hdfs:") and bool(cluster_id)
    if not (storage.is_s3(uri) or is_hdfs):
        raise StorageError(f"{uri or 'nothing'} is no URI of S3: it does not begin with s3://")
    return storage.writable_path(uri) if to_write else storage.path(uri)


def context(site: Site, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows. Raises StorageError, NotThere."""
    uri, cluster_id = query.get("uri", ""), query.get("cluster", "")
    if not uri:
        return {
            "buckets": _buckets(site),
            "hdfs": _hdfs(site),
            "uri": "",
            "cluster": "",
            "root": site.settings.root,
        }
    path = path_of(site, uri, cluster_id)
    shared = {"uri": uri, "cluster": cluster_id, "crumbs": _crumbs(uri), "can_write": _can_write(site, uri)}
    if path.is_dir():
        return {**shared, **_folder(path, uri, query)}
    if not path.is_file():
        raise NotThere(f"There is nothing at {uri}.")
    return {**shared, **_file(path, uri)}


def _buckets(site: Site) -> list[dict[str, Any]]:
    with os.scandir(site.settings.root) as entries:
        own = sorted(one.name for one in entries if one.is_dir() and not one.name.startswith("."))
    built_in = [name for name in BUILT_IN_BUCKETS if name not in own]
    return [
        {"name": name, "uri": f"s3://{name}/", "is_built_in": name in built_in} for name in (*own, *built_in)
    ]


def _hdfs(site: Site) -> list[dict[str, str]]:
    with site.controls.state.locked() as state:
        living = [(one.id, one.request.name) for one in state.clusters.living()]
    return [{"id": id, "name": name} for id, name in living if site.folder(id).hdfs.is_dir()]


def _can_write(site: Site, uri: str) -> bool:
    try:
        site.storage.writable_path(uri)
    except StorageError:
        return False
    return site.storage.is_s3(uri)


def _crumbs(uri: str) -> list[tuple[str, str]]:
    """Each folder above, with its URI."""
    scheme, _, rest = uri.partition("://")
    parts = rest.rstrip("/").split("/")
    found = []
    for at, part in enumerate(parts[:-1]):
        found.append((part or "hdfs", f"{scheme}://{'/'.join(parts[: at + 1])}/"))
    return found


def _folder(path: Path, uri: str, query: Mapping[str, str]) -> dict[str, Any]:
    after = query.get("after", "")
    with os.scandir(path) as entries:
        found = {one.name: one for one in entries if is_visible(one.name) and not _is_own(one.name)}
    names = [name for name in sorted(found) if name > after]
    base = uri.rstrip("/") + "/"
    shown = [_entry(found[name], base) for name in names[:PAGE_SIZE]]
    return {
        "is_folder": True,
        "entries": shown,
        "count": len(found),
        "next": names[PAGE_SIZE - 1] if len(names) > PAGE_SIZE else "",
        "base_uri": base,
    }


def _is_own(name: str) -> bool:
    """Whether it is emrsim's own, in the root."""
    return name in {".emrsim", ".fake_s3"}


def _entry(entry: os.DirEntry[str], base: str) -> dict[str, Any]:
    is_folder = entry.is_dir()
    try:
        status = entry.stat()
    except OSError:  # a link to nothing, or gone meanwhile
        return {
            "name": entry.name,
            "uri": f"{base}{entry.name}",
            "is_folder": False,
            "size": None,
            "time": None,
        }
    return {
        "name": entry.name,
        "uri": f"{base}{entry.name}{'/' if is_folder else ''}",
        "is_folder": is_folder,
        "size": None if is_folder else status.st_size,
        "time": datetime.fromtimestamp(status.st_mtime, UTC),
    }


def _file(path: Path, uri: str) -> dict[str, Any]:
    status = path.stat()
    is_picture = picture_type(path.name) is not None
    return {
        "is_folder": False,
        "name": path.name,
        "size": status.st_size,
        "time": datetime.fromtimestamp(status.st_mtime, UTC),
        "is_picture": is_picture,
        "preview": None if is_picture else preview(path),
        "path": str(path),
    }
