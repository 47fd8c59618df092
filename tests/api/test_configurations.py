"""Configurations: classifications that EMR knows, and what becomes of those that nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.releases.classifications import is_classification
from tests.support.calls import Caller, Refused
from tests.support.clusters import fleet, group, run_with_fleets, run_with_groups
from tests.support.snapshots import nothing_changes
from tests.waiting import wait_until

LABEL = "emr-6.15.0"


def entry(name: str, *nested: dict[str, Any], **properties: str) -> dict[str, Any]:
    return {"Classification": name, "Properties": properties, "Configurations": list(nested)}


@pytest.mark.parametrize(
    ("configuration", "name", "parent"),
    [
        (entry("spark-default", a="b"), "spark-default", "null"),
        (entry("Core-Site", a="b"), "Core-Site", "null"),
        (entry("trino-connector-", a="b"), "trino-connector-", "null"),
        (entry("my-own-site", a="b"), "my-own-site", "null"),
        (entry("export", A="b"), "export", "null"),
        (entry("core-site", entry("export", A="b")), "export", "core-site"),
        (entry("spark-defaults", entry("spark", a="b")), "spark", "spark-defaults"),
        (entry("hadoop-env", entry("exports", A="b")), "exports", "hadoop-env"),
        (entry("yarn-env", entry("export", entry("export", A="b"))), "export", "export"),
        (entry("container-executor", entry("dockers")), "dockers", "container-executor"),
    ],
)
def test_classification_that_no_release_has_is_rejected_with_its_parent(
    slow_emr: Caller, slow_emrsim: Emulator, configuration: dict[str, Any], name: str, parent: str
) -> None:
    with nothing_changes(slow_emrsim), pytest.raises(Refused) as refused:
        slow_emr.run(ReleaseLabel=LABEL, Configurations=[configuration])

    assert refused.value.code in {"ValidationException", "ValidationError"}  # JSON, Query
    assert refused.value.message == (
        f"Classification '{name}' is not valid for parent classification '{parent}'."
    )


@pytest.mark.parametrize("style", ["group", "fleet"])
def test_classification_of_a_group_is_checked_as_that_of_the_cluster(slow_emr: Caller, style: str) -> None:
    unknown = [entry("yarn-sites", a="b")]

    config = {"InstanceType": "m5.xlarge", "Configurations": unknown}
    groups, fleets = group("CORE", Configurations=unknown), fleet("CORE", InstanceTypeConfigs=[config])
    run: Callable[[], Any] = (
        partial(run_with_groups, slow_emr, groups, ReleaseLabel=LABEL)
        if style == "group"
        else partial(run_with_fleets, slow_emr, fleets, ReleaseLabel=LABEL)
    )

    with pytest.raises(Refused, match="'yarn-sites' is not valid for parent classification 'null'"):
        run()


@pytest.mark.parametrize(
    "configuration",
    [
        entry("spark-log4j", a="b"),
        entry("spark-log4j2", a="b"),
        entry("trino-connector-iceberg", a="b"),
        entry("presto-connector-lakeformation", a="b"),
        entry("hive-env", entry("export", A="b")),
        entry("zookeeper-logback", a="b"),
        entry("container-executor", entry("docker", a="b")),
        entry("hue-ini", entry("desktop", entry("database", engine="mysql"))),
        entry("emr-metrics", entry("emr-system-metrics", entry("cpu", metrics="cpu_usage_active"))),
        {"Classification": "hdfs-encryption-zones"},
    ],
    ids=lambda configuration: configuration["Classification"],
)
def test_classification_of_any_release_is_taken_and_shown(
    slow_emr: Caller, configuration: dict[str, Any]
) -> None:
    cluster_id = slow_emr.run(ReleaseLabel=LABEL, Configurations=[configuration])

    shown = slow_emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Configurations"]
    assert [one["Classification"] for one in shown] == [configuration["Classification"]]


def test_every_classification_that_emrsim_acts_on_is_one_of_emrs() -> None:
    from emrsim.service.configurations import _FOR_SPARK, _SITES_READ

    assert [name for name in (*_FOR_SPARK, *_SITES_READ) if not is_classification(name)] == []


def test_logs_name_the_classifications_that_did_not_take_effect_and_no_others(
    emrsim: Emulator, emr: Caller
) -> None:
    (emrsim.root / "b").mkdir(exist_ok=True)
    (emrsim.root / "b" / "action.sh").write_text("true\n")
    configurations = [
        entry("presto-config", a="b"),
        entry("hue-ini", entry("desktop", a="b")),
        entry("hbase-site", a="b"),
        entry("hadoop-env", A="b"),
        entry("spark", a="b"),
        entry("core-site", a="b"),
        entry("spark-defaults", a="b"),
        entry("yarn-env", entry("export", A="b")),
        entry("oozie-site"),
    ]
    step = {"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}
    action = {"Name": "a", "ScriptBootstrapAction": {"Path": "s3://b/action.sh"}}
    cluster_id = emr.run(
        ReleaseLabel=LABEL, Configurations=configurations, Steps=[step], BootstrapActions=[action]
    )
    cluster = emrsim.running.state.clusters[cluster_id]
    wait_until(lambda: not cluster.active_steps)

    folder = emrsim.data / "clusters" / cluster_id
    logs = [*folder.glob("steps/*/controller"), *folder.glob("node/*/bootstrap-actions/*/controller")]
    assert len(logs) == 2
    for log in logs:
        warnings = [line.split(" WARN ")[1] for line in log.read_text().splitlines() if " WARN " in line]
        assert warnings == [
            "Classification 'hbase-site' is only a file in /etc/hadoop/conf: no program here reads it",
            "Classification 'hue-ini' has no effect: no program here reads it",
            "Classification 'presto-config' has no effect: no program here reads it",
            "Properties of classification 'hadoop-env' have no effect: its nested 'export' sets variables",
            "a of classification 'spark' has no effect: no program here reads it",
        ]
