"""Snapshots: the state and the files of an emulator in one archive, a .tar.gz.

state.json           the clusters and accounts, in the form of a seed
kept.json            rules, faults and clock
s3.json              what S3 knows beside the files
root/…               the S3 directory
clusters/<j-ID>/…    of living clusters: HDFS, home (with the Hive metastore) and disk
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from emrsim.core.plain import PlainError

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo

# The names in an archive.
STATE, KEPT, METADATA, ROOT, CLUSTERS = "state.json", "kept.json", "s3.json", "root", "clusters"

# Of a cluster's folder (`service.folders`): what its steps have written there. Links are left out.
CLUSTER_FOLDERS = ("home", "mnt", "hdfs")


def write_snapshot(
    archive: IO[bytes], documents: Mapping[str, Any], root: Iterable[Path], clusters: Iterable[Path]
) -> None:
    """Write the documents, by name, the entries of the S3 directory, and those folders of clusters.

    Raises PlainError for what could not be brought back: links out of the directory, pipes, devices.
    """
    import tarfile

    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
        for name, content in documents.items():
            _add_json(tar, name, content)
        for path in root:
            tar.add(path, f"{ROOT}/{path.name}", filter=partial(_portable, root=path.parent))
        for folder in clusters:
            name = f"{CLUSTERS}/{folder.parent.name}/{folder.name}"
            tar.add(folder, name, filter=lambda entry: entry if entry.isreg() or entry.isdir() else None)


def _add_json(tar: TarFile, name: str, content: Any) -> None:
    import tarfile

    text = json.dumps(content).encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(text)
    tar.addfile(entry, io.BytesIO(text))


def _portable(entry: TarInfo, root: Path) -> TarInfo:
    """An entry of the S3 directory as it can be unpacked anywhere: links within it are relative."""
    path = os.path.abspath(root / entry.name.removeprefix(f"{ROOT}/"))
    if entry.isdev():
        raise PlainError("snapshot", f"{path} is neither a file nor a folder")
    if entry.issym():
        target = os.path.join(os.path.dirname(path), entry.linkname)
        if not Path(os.path.abspath(target)).is_relative_to(os.path.abspath(root)):
            raise PlainError("snapshot", f"{path} is a link to {entry.linkname}, outside of the S3 directory")
        entry.linkname = os.path.relpath(target, os.path.dirname(path))
    return entry


def unpack(archive: IO[bytes], folder: Path) -> None:
    """Unpack somebody's archive; its links may lead within the S3 directory only."""
    from emrsim.unpacking import ArchiveError, Folder, Limits, links_within, unpack_tar

    start = archive.tell()
    size_bytes = archive.seek(0, os.SEEK_END) - start
    if not size_bytes:
        raise PlainError("snapshot", "it cannot be unpacked: it is empty")
    limits = Limits.of(size_bytes, folder)
    archive.seek(start)
    try:
        with Folder(folder, limits, links_within(ROOT)) as unpacked:
            unpack_tar(archive, unpacked, lambda mode: mode & 0o755 | 0o600, is_gzip=True)
    except (ArchiveError, OSError) as error:
        raise PlainError("snapshot", f"it cannot be unpacked: {error}") from None


def read_json(path: Path) -> Any:
    """Return the content of a document. Raises PlainError."""
    if not path.is_file():
        raise PlainError("snapshot", f"{path.name} is missing")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise PlainError(f"snapshot: {path.name}", f"not JSON: {error}") from None
