"""RunJobFlow's Configurations as the files and variables that programs read (source: API, Configuration).

`core-site`, `hive-site` and all other `…-site` classifications become XML in HADOOP_CONF_DIR,
`spark-defaults` the file of that name; what `hadoop-env` and the like `export` is in the environment of
steps. Any other classification is kept and shown, and has no effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from emrsim.programs.site_files import merge_into_site_file

Configurations = Sequence[Mapping[str, Any]]


def write_configurations(configurations: Configurations, folder: Path) -> None:
    """Write the files that `configurations` stand for into `folder`."""
    for entry in configurations:
        name, properties = entry.get("Classification", ""), entry.get("Properties") or {}
        if "/" in name:
            continue
        if name.endswith("-site"):
            merge_into_site_file(folder / f"{name}.xml", properties)
        elif name == "spark-defaults":
            lines = "".join(f"{key} {value}\n" for key, value in properties.items())
            (folder / "spark-defaults.conf").write_text(lines, encoding="utf-8")


def exported(configurations: Configurations) -> dict[str, str]:
    """The variables that `configurations` export to the environment."""
    return dict(_exports(configurations))


def _exports(configurations: Configurations) -> Iterator[tuple[str, str]]:
    for entry in configurations:
        if not entry.get("Classification", "").endswith("-env"):
            continue
        for nested in entry.get("Configurations", ()):
            if nested.get("Classification") == "export":
                yield from (nested.get("Properties") or {}).items()
