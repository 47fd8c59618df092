"""The releases of EMR as data: what each release label stands for, from emr-4.0.0 on.

The versions and their sources are in `releases.toml`, which is read when a release is first asked for. AMI
versions, which came before release labels, are in `emrsim.api.versions`.

    release = find("emr-7.12.0")
    release.application("spark").version     # "3.5.6"
    release.python                           # ("3.9", "3.11"), PySpark's default first
"""

from __future__ import annotations

from emrsim.releases.table import (
    Application,
    Release,
    application_name,
    find,
    labels,
    release,
)

__all__ = ["Application", "Release", "application_name", "find", "labels", "release"]
