"""RunJobFlow's Configurations as the files and variables that programs read (source: API, Configuration).

A classification is a file of the cluster's, where EMR has it: `core-site` and all other `…-site` are XML in
/etc/hadoop/conf, `hive-site` in /etc/hive/conf, `spark-hive-site` and `spark-defaults` in /etc/spark/conf,
and what `hadoop-env` and the like `export` is in their file and in the environment of steps. Any other
classification is kept and shown, and has no effect.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from emrsim.programs.env_files import AS_WRITTEN
from emrsim.programs.site_files import merge_into_site_file
from emrsim.service.folders import ClusterFolder

Configurations = Sequence[Mapping[str, Any]]


def write_configurations(configurations: Configurations, folder: ClusterFolder) -> None:
    """Write the files that `configurations` stand for into the folders of a cluster."""
    for entry in configurations:
        name, properties = entry.get("Classification", ""), entry.get("Properties") or {}
        if "/" in name:
            continue
        if name == "spark-defaults":
            lines = "".join(f"{key} {value}\n" for key, value in properties.items())
            (folder.spark_conf / "spark-defaults.conf").write_text(lines, encoding="utf-8")
        elif name.endswith("-site"):
            merge_into_site_file(_site_file(name, folder), properties)
    _write_exports(configurations, folder)


def _site_file(name: str, folder: ClusterFolder) -> Path:
    if name == "hive-site":
        return folder.hive_conf / "hive-site.xml"
    if name == "spark-hive-site":
        return folder.spark_conf / "hive-site.xml"
    return folder.conf / f"{name}.xml"


def _write_exports(configurations: Configurations, folder: ClusterFolder) -> None:
    """`spark-env.sh` and so on, which are there on every cluster, and which scripts add lines to."""
    files = {
        "spark-env": folder.spark_conf / "spark-env.sh",
        "hadoop-env": folder.conf / "hadoop-env.sh",
        "hive-env": folder.hive_conf / "hive-env.sh",
    }
    for name, path in files.items():
        exports = dict(_exports(one for one in configurations if one.get("Classification") == name))
        lines = (f"export {variable}={shlex.quote(value)}\n" for variable, value in exports.items())
        path.write_text("".join(lines), encoding="utf-8")
        os.utime(path, ns=(AS_WRITTEN, AS_WRITTEN))


def exported(configurations: Configurations) -> dict[str, str]:
    """The variables that `configurations` export to the environment."""
    return dict(_exports(configurations))


def _exports(configurations: Iterator[Mapping[str, Any]] | Configurations) -> Iterator[tuple[str, str]]:
    for entry in configurations:
        if not entry.get("Classification", "").endswith("-env"):
            continue
        for nested in entry.get("Configurations", ()):
            if nested.get("Classification") == "export":
                yield from (nested.get("Properties") or {}).items()
