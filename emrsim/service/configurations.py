"""Configurations of clusters and their groups as files and variables that programs read.

A classification is a file of the cluster's, where EMR has it: `core-site` and all other `…-site` are XML in
/etc/hadoop/conf, `hive-site` in /etc/hive/conf, `spark-hive-site` and `spark-defaults` in /etc/spark/conf
(with `spark`, `spark-log4j2`, `iceberg-defaults` and the like), and what `hadoop-env` and others `export` is
in their file and in the environment of steps. Any other classification is kept and shown, and has no effect:
`without_effect` says so.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from emrsim.core.model import Cluster
from emrsim.programs.env_files import is_changed, write_unchanged
from emrsim.programs.site_files import merge_into_site_file, read_site_file, site_file_content
from emrsim.service.folders import ClusterFolder

Configurations = Sequence[Mapping[str, Any]]

# Files that every master has, for scripts to read and edit; what is set is set by emrsim's programs.
_SITES = ("core-site.xml", "hdfs-site.xml", "mapred-site.xml", "yarn-site.xml")
_EMPTY_SITE = '<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n</configuration>\n'

# Kept as `NAME.conf` in /etc/spark/conf, where emrsim's Spark programs read them.
_FOR_SPARK = ("delta-defaults", "hudi-defaults", "iceberg-defaults", "spark", "spark-log4j", "spark-log4j2")

# The sites that programs here read; any other is a file that only a job of one's own may read.
_SITES_READ = ("core-site", "hdfs-site", "mapred-site", "yarn-site", "hive-site", "spark-hive-site")
_SETTING_TOLD = "maximizeResourceAllocation"  # of `spark`: Spark's programs say that it has no effect

# All that a cluster runs, it runs on one machine: where groups differ, the master's word counts.
_ROLES = ("TASK", "CORE", "MASTER")


def configurations_in_effect(cluster: Cluster) -> Configurations:
    """Return the configurations of a cluster, then those of its groups; later ones take precedence."""
    groups = sorted(cluster.groups.values(), key=lambda group: _ROLES.index(group.request.role))
    return [*_given(cluster), *(entry for group in groups for entry in group.configurations_in_effect)]


def configurations_wanted(cluster: Cluster) -> Configurations:
    """As `configurations_in_effect`, once all reconfigurations that have been asked for are done."""
    groups = sorted(cluster.groups.values(), key=lambda group: _ROLES.index(group.request.role))
    return [*_given(cluster), *(entry for group in groups for entry in group.configurations)]


def _given(cluster: Cluster) -> Configurations:
    given: Configurations = cluster.request.extra.get("Configurations", ())
    return given


def without_effect(configurations: Configurations) -> list[str]:
    """Return a sentence on each classification that sets something which nothing here reads."""
    told = {text for entry in configurations for text in _ineffective(entry)}
    return sorted(told)


def _ineffective(entry: Mapping[str, Any]) -> Iterator[str]:
    name, properties = entry.get("Classification") or "", entry.get("Properties") or {}
    nested = entry.get("Configurations") or ()
    if not name:
        yield "An entry of Configurations without a Classification has no effect"
    elif name.endswith("-env"):
        if properties:
            yield f"Properties of classification {name!r} have no effect: its nested 'export' sets variables"
    elif name == "spark":
        for setting in properties:
            if setting != _SETTING_TOLD:
                yield f"{setting} of classification 'spark' has no effect: no program here reads it"
    elif name.endswith("-site") and name not in _SITES_READ:
        if properties:
            yield f"Classification {name!r} is only a file in /etc/hadoop/conf: no program here reads it"
    elif name not in (*_SITES_READ, *_FOR_SPARK, "spark-defaults") and (properties or nested):
        yield f"Classification {name!r} has no effect: no program here reads it"


def write_configurations(configurations: Configurations, folder: ClusterFolder) -> None:
    """Write the files that `configurations` stand for into the folders of a cluster."""
    for name, properties in _properties(configurations).items():
        if name == "spark-defaults":
            _set_spark_defaults(folder, properties, removed=set(properties))
        elif name in _FOR_SPARK:
            _file_for_spark(name, folder).write_text(_lines(properties), encoding="utf-8")
        elif name.endswith("-site"):
            merge_into_site_file(_site_file(name, folder), properties)
    for name, path in _env_files(folder).items():
        write_unchanged(path, "".join(_export_lines(configurations, name)))
    for path in [folder.conf / name for name in _SITES] + [folder.hive_conf / "hive-site.xml"]:
        if not path.exists():
            write_unchanged(path, _EMPTY_SITE)
    if not (folder.spark_conf / "spark-defaults.conf").exists():
        write_unchanged(
            folder.spark_conf / "spark-defaults.conf", "# Settings of Spark, a name and a value a line\n"
        )


def rewrite_configurations(before: Configurations, after: Configurations, folder: ClusterFolder) -> None:
    """Write what `after` says to the files, and remove what only `before` says.

    What others have written into the files, such as a bootstrap action, stays. Of a cluster that has no files
    yet, one that was restored, nothing is written: it gets them with its first step.
    """
    if not all(path.exists() for path in folder.confs):
        return
    wanted = _properties(after)
    for name, properties in _properties(before).items():
        gone = set(properties) - set(wanted.get(name, {}))
        if name == "spark-defaults":
            _set_spark_defaults(folder, {}, removed=gone)
        elif name.endswith("-site"):
            path = _site_file(name, folder)
            kept = {key: value for key, value in read_site_file(path).items() if key not in gone}
            path.write_bytes(site_file_content(kept))
    for name in _FOR_SPARK:
        _file_for_spark(name, folder).write_text(_lines(wanted.get(name, {})), encoding="utf-8")
    for name, properties in wanted.items():
        if name == "spark-defaults":
            _set_spark_defaults(folder, properties, removed=set(properties))
        elif name.endswith("-site"):
            merge_into_site_file(_site_file(name, folder), properties)
    for name, path in _env_files(folder).items():
        _change_lines(path, _export_lines(before, name), _export_lines(after, name))


def _properties(configurations: Configurations) -> dict[str, dict[str, str]]:
    """The properties of each classification."""
    found: dict[str, dict[str, str]] = {}
    for entry in configurations:
        name = entry.get("Classification", "")
        if "/" not in name:
            found.setdefault(name, {}).update(entry.get("Properties") or {})
    return found


def _site_file(name: str, folder: ClusterFolder) -> Path:
    if name == "hive-site":
        return folder.hive_conf / "hive-site.xml"
    if name == "spark-hive-site":
        return folder.spark_conf / "hive-site.xml"
    return folder.conf / f"{name}.xml"


def _set_spark_defaults(folder: ClusterFolder, properties: Mapping[str, str], removed: Set[str]) -> None:
    """Set `properties`, after the lines that are there, except for those of `removed`."""
    path = folder.spark_conf / "spark-defaults.conf"
    there = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in there if next(iter(line.split(maxsplit=1)), "") not in removed]
    path.write_text("".join(f"{line}\n" for line in kept) + _lines(properties), encoding="utf-8")


def _file_for_spark(name: str, folder: ClusterFolder) -> Path:
    return folder.spark_conf / f"{name}.conf"


def _lines(properties: Mapping[str, str]) -> str:
    return "".join(f"{key} {value}\n" for key, value in properties.items())


def _env_files(folder: ClusterFolder) -> dict[str, Path]:
    """`spark-env.sh` and so on, which are there on every cluster, and which scripts add lines to."""
    return {
        "spark-env": folder.spark_conf / "spark-env.sh",
        "hadoop-env": folder.conf / "hadoop-env.sh",
        "hive-env": folder.hive_conf / "hive-env.sh",
    }


def _export_lines(configurations: Configurations, name: str) -> list[str]:
    exports = dict(_exports(one for one in configurations if one.get("Classification") == name))
    return [f"export {variable}={shlex.quote(value)}\n" for variable, value in exports.items()]


def _change_lines(path: Path, before: list[str], after: list[str]) -> None:
    """Replace the lines of `before` by those of `after`; a file that nobody else has changed is so still."""
    others = is_changed(path)
    there = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    text = "".join([*after, *(line for line in there if line not in before)])
    if others:
        path.write_text(text, encoding="utf-8")
    else:
        write_unchanged(path, text)


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
