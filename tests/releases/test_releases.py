"""The table of releases: what the documentation and recorded answers say is in it, and it is whole."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest

from emrsim import releases


@pytest.mark.parametrize(
    ("label", "application", "version"),
    [
        ("emr-4.8.1", "Hadoop", "2.7.2"),
        ("emr-4.9.3", "Spark", "1.6.3"),
        ("emr-5.2.0", "Presto", "0.152.3"),
        ("emr-5.2.3", "Presto", "0.157.1"),
        ("emr-5.19.1", "Hadoop", "2.8.5"),
        ("emr-5.23.0", "Hadoop", "2.8.5"),  # recorded
        ("emr-5.30.2", "hbase", "1.4.13"),
        ("emr-5.36.2", "HADOOP", "2.10.1"),
        ("emr-5.36.0", "HCatalog", "2.3.9"),
        ("emr-6.2.1", "prestosql", "343"),
        ("emr-6.9.0", "Zeppelin", "0.10.1"),  # recorded
        ("emr-6.15.0", "Hadoop", "3.3.6"),
        ("emr-7.5.0", "ZooKeeper", "3.9.2"),  # recorded
        ("emr-7.13.0", "Spark", "3.5.6"),
        ("emr-spark-8.0.0", "spark", "4.0.2"),
        ("emr-spark-8.1.0", "Iceberg", "1.11.0"),
    ],
)
def test_application_has_the_version_that_the_release_guide_names(
    label: str, application: str, version: str
) -> None:
    found = releases.release(label).application(application)

    assert found is not None
    assert found.version == version


@pytest.mark.parametrize(
    ("label", "application"),
    [
        ("emr-4.2.0", "Oozie-Sandbox"),
        ("emr-5.8.3", "Livy"),
        ("emr-6.0.1", "Pig"),
        ("emr-6.3.1", "Trino"),
        ("emr-6.4.0", "PrestoSQL"),
        ("emr-7.0.0", "Ganglia"),
        ("emr-spark-8.0.0", "Hadoop"),
        ("emr-spark-8.1.0", "Hive"),
    ],
)
def test_application_is_not_in_a_release_before_it_came_or_after_it_went(
    label: str, application: str
) -> None:
    assert releases.release(label).application(application) is None


def test_what_is_not_known_is_none_and_what_is_assumed_says_so() -> None:
    last = releases.release("emr-7.14.0")
    trino, spark, delta = (last.application(name) for name in ("Trino", "Spark", "Delta"))

    assert trino == releases.Application("Trino", None)
    assert spark == releases.Application("Spark", "3.5.6", is_assumed=True)
    assert delta == releases.Application("Delta", "3.3.2")
    assert releases.release("emr-5.10.0").date is None


def test_each_release_is_whole() -> None:
    for label in releases.labels():
        one = releases.release(label)
        names = [application.name.lower() for application in one.applications]

        assert re.fullmatch(r"[234]\.\d+\.\d+", one.hadoop_version), label
        assert one.spark_version, label
        assert names == sorted(set(names)), label
        assert one.java[0] in {"7", "8", "17"}, label
        assert one.python, label
        assert one.scala.startswith("2.1"), label
        assert one.date is None or date.fromisoformat(f"{one.date}-01"[:10]), label
        assert all(application.version != "" for application in one.applications), label


def test_labels_are_newest_first_without_repetition() -> None:
    labels = releases.labels()
    numbers = [releases.release(label).number for label in labels]

    assert (labels[0], labels[-1]) == ("emr-spark-8.1.0", "emr-4.0.0")
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(labels)) == len(labels) > 100


def test_names_have_one_spelling() -> None:
    assert releases.application_name("SPARK") == "Spark"
    assert releases.application_name("jupyterenterprisegateway") == "JupyterEnterpriseGateway"
    assert releases.application_name("Sparkle") is None


def test_unknown_label_names_the_nearest_one() -> None:
    with pytest.raises(
        ValueError, match=r"unknown release label 'emr-5\.36': did you mean 'emr-5\.36\.\d'\?"
    ):
        releases.release("emr-5.36")
    assert releases.find("emr-9.0.0") is None


def test_platform_follows_the_release() -> None:
    old, middle, new = (releases.release(f"emr-{one}") for one in ("5.29.0", "5.30.0", "7.13.0"))

    assert (old.system, old.python[0], old.os_labels) == ("Amazon Linux 1", "2.7", ())
    assert (middle.system, middle.python[0], middle.java[0]) == ("Amazon Linux 2", "3.7", "8")
    assert (new.system, new.python[0], new.java[0]) == ("Amazon Linux 2023", "3.11", "17")
    assert new.os_labels[0] == "2023.12.20260629.0"


def test_file_is_not_read_before_a_release_is_asked_for() -> None:
    script = "import emrsim.releases, sys; sys.exit('tomllib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
