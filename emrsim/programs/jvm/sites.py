"""Hadoop's site files as a program needs them: what emrsim sets, under and over what the cluster sets."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from emrsim.programs.site_files import read_site_file, site_file_content
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.cache import cache_folder
from emrsim.storage import BUILT_IN_BUCKETS

S3_SCHEMES: Mapping[str, str] = {scheme: scheme for scheme in ("s3", "s3n", "s3a")}
SITES = ("core-site.xml", "hdfs-site.xml", "mapred-site.xml", "yarn-site.xml")

Properties = Mapping[str, str]


def file_system_properties(around: Surroundings, schemes: Mapping[str, str]) -> dict[str, str]:
    """What makes our FileSystem classes answer for URI schemes; the values are the classes' own names."""
    properties = {
        "fs.emrsim.root": str(around.root),
        **{f"fs.emrsim.bucket.{name}": str(BUILT_IN_BUCKETS[name]) for name in _names_of_samples()},
    }
    if around.hdfs is not None:
        properties["fs.emrsim.hdfs"] = str(around.hdfs)
    for scheme, name in schemes.items():
        properties[f"fs.{scheme}.impl"] = f"emrsim.hadoop.DirectoryFileSystem${name.capitalize()}"
        properties[f"fs.AbstractFileSystem.{scheme}.impl"] = "emrsim.hadoop.DirectoryContext"
    return properties


def _names_of_samples() -> list[str]:
    """EMR's buckets of samples, with names of regions that a job may know: some of AWS's, and its own."""
    regions = {"us-east-1", "us-west-2", "eu-west-1", os.environ.get("AWS_REGION", "us-east-1")}
    names = ("elasticmapreduce", "elasticmapreduce.samples")
    regional = [f"{region}.{name}" for region in sorted(regions) for name in names]
    return [*names, "support.elasticmapreduce", *regional]


def merged_site(name: str, below: Properties, folders: Iterable[Path | None], above: Properties) -> bytes:
    """The site file `name`: of `folders` the later wins, all over `below` and under `above`."""
    merged = dict(below)
    for folder in folders:
        if folder is not None:
            merged |= read_site_file(folder / name)
    return site_file_content({**merged, **above})


def conf_folder(files: Mapping[str, bytes], links: Path | None = None, parent: Path | None = None) -> Path:
    """A folder with these files, and links to the others of `links`.

    It is in `parent`, else in TMPDIR, else in the user's cache; named for its content, so that programs run
    by hand do not leave one each.
    """
    digest = hashlib.sha256(repr((sorted(files.items()), links)).encode()).hexdigest()[:16]
    parent = parent or Path(os.environ.get("TMPDIR") or cache_folder())
    folder = parent / f"emrsim-conf-{digest}"
    if not folder.is_dir():
        parent.mkdir(parents=True, exist_ok=True)
        _put_in_place(_filled(parent, files, links), folder)
    return folder


def _filled(parent: Path, files: Mapping[str, bytes], links: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="emrsim-conf-", dir=parent))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for entry in links.iterdir() if links is not None else ():
        if entry.name not in files:
            (folder / entry.name).symlink_to(entry.absolute())
    return folder


def _put_in_place(folder: Path, target: Path) -> None:
    try:
        folder.rename(target)
    except OSError:
        # Another process was faster, with the same content.
        shutil.rmtree(folder)
        if not target.is_dir():
            raise
