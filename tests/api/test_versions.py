"""AMI versions and release labels, and the Hadoop they stand for."""

from __future__ import annotations

import pytest

from emrsim.api.versions import hadoop_version, running_ami_version
from emrsim.core.errors import ValidationException


@pytest.mark.parametrize(
    ("requested", "running"),
    [
        (None, "1.0.0"),
        ("1.0", "1.0.0"),
        ("2.0", "2.0.6"),
        ("2.4", "2.4.11"),
        ("2.4.2", "2.4.2"),
        ("3.3", "3.3.2"),
        ("3.11.0", "3.11.0"),
        ("latest", "2.4.2"),
    ],
)
def test_ami_version_stands_for_a_full_one(requested: str | None, running: str) -> None:
    assert running_ami_version(requested) == running


@pytest.mark.parametrize(
    ("ami_version", "release_label", "asked_for", "hadoop"),
    [
        (None, None, None, "0.18"),
        (None, None, "0.20", "0.20"),
        ("1.0", None, None, "0.20"),
        ("1.0", None, "0.18", "0.18"),
        ("2.0", None, None, "0.20.205"),
        ("2.1.4", None, None, "0.20.205"),
        ("2.2", None, None, "1.0.3"),
        ("latest", None, None, "1.0.3"),
        ("3.0", None, None, "2.2.0"),
        ("3.1", None, None, "2.4.0"),
        ("3.11", None, None, "2.4.0"),
        (None, "emr-4.0.0", None, "2.6.0"),
        (None, "emr-4.2.0", None, "2.6.0"),
        (None, "emr-4.3.0", None, "2.7.1"),
        (None, "emr-4.8.2", None, "2.7.3"),
        (None, "emr-5.0.0", None, "2.7.2"),
        (None, "emr-5.0.3", None, "2.7.3"),
        (None, "emr-5.12.0", None, "2.8.3"),
        (None, "emr-5.19.0", None, "2.8.5"),
        (None, "emr-5.36.2", None, "2.10.1"),
        (None, "emr-6.9.1", None, "3.3.3"),
        (None, "emr-7.13.0", None, "3.4.2"),
        (None, "emr-spark-8.1.0", None, "3.4.2"),
    ],
)
def test_version_stands_for_its_hadoop(
    ami_version: str | None, release_label: str | None, asked_for: str | None, hadoop: str
) -> None:
    assert hadoop_version(ami_version, release_label, asked_for) == hadoop


@pytest.mark.parametrize(
    "label",
    [
        "5.36.0",
        "emr-5",
        "emr-5.36",
        "emr-3.0.0",
        "emr-5.36.0 ",
        "EMR-5.36.0",
        "emr-5.37.0",
        "emr-8.1.0",
        "emr-spark-7.0.0",
    ],
)
def test_label_that_is_none_is_refused(label: str) -> None:
    with pytest.raises(ValidationException, match=f"The supplied release label is invalid: {label}."):
        hadoop_version(None, label, None)


@pytest.mark.parametrize("version", ["0.9", "4.0", "2", "2.4.2.1", "2.4.2 ", "newest", "2.100"])
def test_ami_version_that_is_none_is_refused(version: str) -> None:
    with pytest.raises(ValidationException, match="The supplied ami version is invalid"):
        hadoop_version(version, None, None)
