"""What ModifyInstanceGroups and ModifyInstanceFleet change beside the size."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core import events as ev
from emrsim.core.model import Cluster
from tests.support.calls import Caller, Refused
from tests.support.clusters import fleet, group, parts, run_with_fleets, run_with_groups
from tests.support.policies import limits
from tests.support.snapshots import nothing_changes
from tests.waiting import wait_until

Reach = Callable[..., Cluster]
LABEL = "emr-6.15.0"


def site(name: str = "core-site", **properties: str) -> dict[str, Any]:
    return {"Classification": name, "Properties": properties}


def modify(emr: Caller, group_id: str, **change: Any) -> None:
    emr.call("ModifyInstanceGroups", InstanceGroups=[{"InstanceGroupId": group_id, **change}])


def rests(emr: Caller, cluster_id: str, role: str) -> dict[str, Any]:
    """The group or fleet of that role, once it is RUNNING."""
    wait_until(lambda: parts(emr, cluster_id)[role]["Status"]["State"] == "RUNNING", role)
    return parts(emr, cluster_id)[role]


def test_reconfiguration_is_a_state_that_ends_with_the_version_applied(
    slow_emr: Caller, slow_emrsim: Emulator
) -> None:
    state = slow_emrsim.running.state
    cluster_id = run_with_groups(slow_emr, group("CORE", Configurations=[site(a="1")]), ReleaseLabel=LABEL)
    for event in (ev.Provisioned(), ev.Bootstrapped()):
        state.post(cluster_id, event)
    core = parts(slow_emr, cluster_id)["CORE"]["Id"]

    modify(slow_emr, core, Configurations=[site(a="2")])

    during = parts(slow_emr, cluster_id)["CORE"]
    assert (during["Status"]["State"], during["ConfigurationsVersion"]) == ("RECONFIGURING", 1)
    assert (during["Configurations"], during["LastSuccessfullyAppliedConfigurations"]) == (
        [site(a="2")],
        [site(a="1")],
    )
    assert during["LastSuccessfullyAppliedConfigurationsVersion"] == 0

    modify(slow_emr, core, Configurations=[site(a="3")])
    state.post(cluster_id, ev.Reconfigured(core, 1))  # overtaken
    assert parts(slow_emr, cluster_id)["CORE"]["Status"]["State"] == "RECONFIGURING"
    state.post(cluster_id, ev.Reconfigured(core, 2))

    after = parts(slow_emr, cluster_id)["CORE"]
    assert (after["Status"]["State"], after["ConfigurationsVersion"]) == ("RUNNING", 2)
    assert after["LastSuccessfullyAppliedConfigurations"] == [site(a="3")]
    assert after["LastSuccessfullyAppliedConfigurationsVersion"] == 2


SHOW = (
    "import os, pathlib; conf = pathlib.Path(os.environ['HADOOP_CONF_DIR']);"
    "print((conf / 'core-site.xml').read_text());"
    "print((conf.parents[1] / 'spark/conf/spark-defaults.conf').read_text());"
    "print('variable', os.environ.get('OWN_NAME'))"
)


def shown_to_a_step(emrsim: Emulator, emr: Caller, finish: Callable[[str], Any], cluster_id: str) -> str:
    """What a step of the cluster sees of its configuration."""
    step = {"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": [sys.executable, "-c", SHOW]}}
    (step_id,) = emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[step])["StepIds"]
    finish(cluster_id)
    (stdout,) = (emrsim.data / "clusters" / cluster_id).rglob(f"steps/{step_id}/stdout")
    return stdout.read_text()


def test_later_steps_see_what_was_reconfigured_and_not_what_it_replaced(
    emrsim: Emulator, emr: Caller, reach: Reach, finish: Callable[[str], Any]
) -> None:
    own = {"Classification": "hadoop-env", "Configurations": [site("export", OWN_NAME="v1")]}
    of_cluster = [site(kept="of-the-cluster", both="of-the-cluster"), site("spark-defaults", x="1")]
    core = group("CORE", Configurations=[site(old="before"), own])
    cluster = reach(run_with_groups(emr, core, ReleaseLabel=LABEL, Configurations=of_cluster), "WAITING")
    before = shown_to_a_step(emrsim, emr, finish, cluster.id)

    new = [site(new="after", both="of-the-group"), site("spark-defaults", y="2")]
    modify(emr, parts(emr, cluster.id)["CORE"]["Id"], Configurations=new)
    rests(emr, cluster.id, "CORE")
    after = shown_to_a_step(emrsim, emr, finish, cluster.id)

    assert "before" in before
    assert "variable v1" in before
    assert "before" not in after
    for text in ("of-the-cluster", "<name>new</name>", "of-the-group", "x 1", "y 2", "variable None"):
        assert text in after


def test_merge_adds_to_what_there_is(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")
    core = group("CORE", Configurations=[site(a="1", b="1"), site("yarn-site", c="1")])
    cluster = reach(run_with_groups(emr, core, ReleaseLabel=LABEL), "WAITING")
    core_id = parts(emr, cluster.id)["CORE"]["Id"]

    modify(emr, core_id, ReconfigurationType="MERGE", Configurations=[site(b="2"), site("hdfs-site", d="2")])

    shown = rests(emr, cluster.id, "CORE")["Configurations"]
    assert shown == [site(a="1", b="2"), site("yarn-site", c="1"), site("hdfs-site", d="2")]


def test_empty_configurations_remove_all(emr: Caller, reach: Reach) -> None:
    core = group("CORE", Configurations=[site(a="1")])
    cluster = reach(run_with_groups(emr, core, ReleaseLabel=LABEL), "WAITING")

    modify(Caller(emr.port, "json"), parts(emr, cluster.id)["CORE"]["Id"], Configurations=[])

    assert rests(emr, cluster.id, "CORE")["Configurations"] == []


def test_resize_and_reconfiguration_may_come_in_one_call(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE"), ReleaseLabel=LABEL), "WAITING")

    modify(emr, parts(emr, cluster.id)["CORE"]["Id"], InstanceCount=3, Configurations=[site(a="1")])

    wait_until(lambda: parts(emr, cluster.id)["CORE"]["RunningInstanceCount"] == 3)
    assert rests(emr, cluster.id, "CORE")["LastSuccessfullyAppliedConfigurations"] == [site(a="1")]


@pytest.mark.parametrize(
    ("label", "change", "message"),
    [
        ("emr-5.20.1", {"Configurations": [site(a="1")]}, "can be reconfigured in releases 5.21.0"),
        (LABEL, {"Configurations": [site(a="\x01")]}, "Invalid configuration"),
        (LABEL, {"EC2InstanceIdsToTerminate": ["i-0"]}, "Instance i-0 is not a running instance of"),
    ],
)
def test_rejected_change_changes_nothing(
    emrsim: Emulator, reach: Reach, label: str, change: dict[str, Any], message: str
) -> None:
    emr = Caller(emrsim.port, "json")
    cluster = reach(run_with_groups(emr, group("CORE"), group("TASK"), ReleaseLabel=label), "WAITING")
    core, task = (parts(emr, cluster.id)[role]["Id"] for role in ("CORE", "TASK"))
    entries = [{"InstanceGroupId": task, "InstanceCount": 2}, {"InstanceGroupId": core, **change}]

    with nothing_changes(emrsim), pytest.raises(Refused, match=message):
        emr.call("ModifyInstanceGroups", InstanceGroups=entries)


@pytest.mark.parametrize("counted", [True, False])
def test_instances_that_are_named_go_first(emr: Caller, reach: Reach, counted: bool) -> None:
    cluster = reach(run_with_groups(emr, group("CORE", 4), ReleaseLabel=LABEL), "WAITING")
    core = parts(emr, cluster.id)["CORE"]["Id"]
    ids = [one.ec2_id for one in cluster.living_instances_of(core)]
    count = {"InstanceCount": 2} if counted else {}

    modify(emr, core, EC2InstanceIdsToTerminate=[ids[0], ids[2]], **count)

    rests(emr, cluster.id, "CORE")
    assert [one.ec2_id for one in cluster.living_instances_of(core)] == [ids[1], ids[3]]
    assert parts(emr, cluster.id)["CORE"]["RequestedInstanceCount"] == 2


def test_more_instances_are_not_terminated_than_the_size_allows(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")
    cluster = reach(run_with_groups(emr, group("CORE", 3), ReleaseLabel=LABEL), "WAITING")
    core = parts(emr, cluster.id)["CORE"]["Id"]
    ids = [one.ec2_id for one in cluster.living_instances_of(core)]

    with nothing_changes(emrsim), pytest.raises(Refused, match="greater than the number"):
        modify(emr, core, InstanceCount=2, EC2InstanceIdsToTerminate=ids[:2])


def test_shrink_policy_is_shown_and_its_instances_are_kept_or_go(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")
    cluster = reach(run_with_groups(emr, group("TASK", 4), group("CORE"), ReleaseLabel=LABEL), "WAITING")
    task = parts(emr, cluster.id)["TASK"]["Id"]
    ids = [one.ec2_id for one in cluster.living_instances_of(task)]
    policy = {
        "DecommissionTimeout": 60,
        "InstanceResizePolicy": {"InstancesToTerminate": [ids[0]], "InstancesToProtect": [ids[3]]},
    }

    modify(emr, task, InstanceCount=2, ShrinkPolicy=policy)

    assert rests(emr, cluster.id, "TASK")["ShrinkPolicy"] == policy
    assert {one.ec2_id for one in cluster.living_instances_of(task)} == {ids[1], ids[3]}


def test_policy_alone_changes_no_state(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")
    cluster = reach(run_with_groups(emr, group("CORE"), ReleaseLabel=LABEL), "WAITING")

    modify(emr, parts(emr, cluster.id)["CORE"]["Id"], ShrinkPolicy={"DecommissionTimeout": 60})

    shown = parts(emr, cluster.id)["CORE"]
    assert (shown["Status"]["State"], shown["ShrinkPolicy"]) == ("RUNNING", {"DecommissionTimeout": 60})


def test_fleet_is_reconfigured_by_its_types(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")
    cluster = reach(run_with_fleets(emr, fleet("CORE"), ReleaseLabel=LABEL), "WAITING")
    fleet_id = parts(emr, cluster.id)["CORE"]["Id"]
    types = [{"InstanceType": "m5.xlarge", "WeightedCapacity": 2, "Configurations": [site(a="1")]}]
    resize = {"OnDemandResizeSpecification": {"TimeoutDurationMinutes": 20}}

    emr.call(
        "ModifyInstanceFleet",
        ClusterId=cluster.id,
        InstanceFleet={
            "InstanceFleetId": fleet_id,
            "InstanceTypeConfigs": types,
            "ResizeSpecifications": resize,
            "Context": "c",
        },
    )

    shown = rests(emr, cluster.id, "CORE")
    assert shown["InstanceTypeSpecifications"][0]["Configurations"] == [site(a="1")]
    assert (shown["ResizeSpecifications"], shown["Context"]) == (resize, "c")
    assert [one.applied_version for one in cluster.groups.values()] == [0, 1]


def test_export_and_seed_keep_what_was_changed(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")
    cluster = reach(run_with_groups(emr, group("CORE"), ReleaseLabel=LABEL), "WAITING")
    modify(emr, parts(emr, cluster.id)["CORE"]["Id"], Configurations=[site(a="1")])
    before = rests(emr, cluster.id, "CORE")

    exported = emrsim.export()
    emrsim.reset()
    emrsim.seed(exported)

    assert parts(emr, cluster.id)["CORE"] == before


def test_managed_scaling_goes_on_beside_a_reconfiguration(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")
    cluster = reach(run_with_groups(emr, group("CORE"), ReleaseLabel=LABEL), "WAITING")
    modify(emr, parts(emr, cluster.id)["CORE"]["Id"], Configurations=[site(a="1")])

    emr.call("PutManagedScalingPolicy", ClusterId=cluster.id, ManagedScalingPolicy=limits(3, 5))

    wait_until(lambda: parts(emr, cluster.id)["CORE"]["RunningInstanceCount"] == 3)
    assert rests(emr, cluster.id, "CORE")["LastSuccessfullyAppliedConfigurationsVersion"] == 1
