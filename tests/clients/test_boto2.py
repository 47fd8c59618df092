"""Every public method of boto 2.49's EmrConnection, and what its objects hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from inspect import isfunction
from typing import Any

import pytest

import emrsim.boto2  # noqa: F401  (before boto)
from emrsim import Emulator
from emrsim.core.limits import PAGE_SIZE
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.engines import COMMAND_JAR
from tests.waiting import wait_until

# isort: split
from boto.emr.bootstrap_action import BootstrapAction
from boto.emr.connection import EmrConnection
from boto.emr.instance_group import InstanceGroup
from boto.emr.step import JarStep
from boto.exception import EmrResponseError

Reach = Callable[..., Cluster]
Finish = Callable[[str], None]


def command(*words: str, name: str = "a command", on_failure: str = "CONTINUE") -> JarStep:
    return JarStep(name, COMMAND_JAR, action_on_failure=on_failure, step_args=list(words))


@pytest.fixture
def waiting(emr_connection: Any, reach: Reach) -> Cluster:
    """A waiting job flow of three machines, with all that boto's objects can show of one."""
    job_flow_id = emr_connection.run_jobflow(
        "my job flow",
        log_uri="s3n://logs/",
        ec2_keyname="my-key",
        availability_zone="us-east-1b",
        master_instance_type="m1.large",
        slave_instance_type="m1.small",
        num_instances=3,
        keep_alive=True,
        ami_version="2.4.2",
        visible_to_all_users=True,
        job_flow_role="EMR_EC2_DefaultRole",
        service_role="EMR_DefaultRole",
        steps=[command("true", name="first"), command("false", name="second")],
    )
    return reach(job_flow_id, "WAITING")


def test_every_public_method_has_a_test_here() -> None:
    methods = {name for name, value in vars(EmrConnection).items() if isfunction(value) and name[0] != "_"}

    tested = {name for test in globals() for name in methods if test.startswith("test_") and name in test}
    assert tested == methods


def test_run_jobflow_answers_an_id(emr_connection: Any) -> None:
    assert emr_connection.run_jobflow("n").startswith("j-")


def test_run_jobflow_takes_instance_groups_and_api_params(emr_connection: Any, emrsim: Emulator) -> None:
    groups = [
        InstanceGroup(1, "MASTER", "m1.small", "ON_DEMAND", "boss"),
        InstanceGroup(2, "CORE", "m1.large", "SPOT", "core", "0.25"),
    ]
    params = {
        "ReleaseLabel": "emr-5.36.0",
        "Applications.member.1.Name": "Hive",
        "Instances.Ec2SubnetId": "s-1",
    }

    job_flow_id = emr_connection.run_jobflow("n", instance_groups=groups, keep_alive=True, api_params=params)

    request = emrsim.running.state.clusters[job_flow_id].request
    assert [(one.role, one.count, one.bid_price) for one in request.groups] == [
        ("MASTER", 1, None),
        ("CORE", 2, "0.25"),
    ]
    assert (request.release_label, request.extra["Instances"]["Ec2SubnetId"]) == ("emr-5.36.0", "s-1")


def test_run_jobflow_with_debugging_completes_the_step_it_puts_first(
    emr_connection: Any, emrsim: Emulator, reach: Reach
) -> None:
    (emrsim.root / "logs").mkdir()
    job_flow_id = emr_connection.run_jobflow(
        "n", log_uri="s3n://logs/", enable_debugging=True, steps=[command("true")]
    )

    reach(job_flow_id, "COMPLETED", "FAILED")

    steps = emr_connection.describe_jobflow(job_flow_id).steps
    assert [(step.name, step.state) for step in steps] == [
        ("Setup Hadoop Debugging", "COMPLETED"),
        ("a command", "COMPLETED"),
    ]


def test_describe_jobflow_fills_every_attribute(emr_connection: Any, waiting: Cluster) -> None:
    job_flow = emr_connection.describe_jobflow(waiting.id)

    expected = {
        "jobflowid": waiting.id,
        "name": "my job flow",
        "state": "WAITING",
        "loguri": "s3n://logs/",
        "amiversion": "2.4.2",
        "hadoopversion": "1.0.3",
        "availabilityzone": "us-east-1b",
        "ec2keyname": "my-key",
        "instancecount": "3",
        "masterinstancetype": "m1.large",
        "slaveinstancetype": "m1.small",
        "normalizedinstancehours": "0",
        "keepjobflowalivewhennosteps": "true",
        "terminationprotected": "false",
        "visibletoallusers": "true",
        "laststatechangereason": "Waiting after step failed",
    }
    assert {name: getattr(job_flow, name) for name in expected} == expected
    assert job_flow.masterpublicdnsname.endswith(".compute-1.amazonaws.com")
    assert job_flow.masterinstanceid.startswith("i-")
    assert job_flow.startdatetime == job_flow.readydatetime >= job_flow.creationdatetime
    assert (list(job_flow.bootstrapactions), list(job_flow.supported_products)) == ([], [])


def test_describe_jobflow_fills_every_attribute_of_steps(emr_connection: Any, waiting: Cluster) -> None:
    first, second = emr_connection.describe_jobflow(waiting.id).steps

    assert (first.name, first.state, first.jar) == ("first", "COMPLETED", COMMAND_JAR)
    assert [arg.value for arg in first.args] == ["true"]
    assert list(first.properties) == []
    assert first.actiononfailure == "CONTINUE"
    assert first.creationdatetime <= first.startdatetime <= first.enddatetime
    assert (second.state, second.laststatechangereason) == ("FAILED", "The step ended with exit code 1.")


def test_describe_jobflow_fills_every_attribute_of_groups(emr_connection: Any, waiting: Cluster) -> None:
    master, core = emr_connection.describe_jobflow(waiting.id).instancegroups

    assert (master.instancerole, master.instancetype, master.market) == ("MASTER", "m1.large", "ON_DEMAND")
    assert (core.name, core.state) == ("Core instance group", "RUNNING")
    assert (core.instancerequestcount, core.instancerunningcount) == ("2", "2")
    assert core.instancegroupid in waiting.groups
    assert core.creationdatetime <= core.startdatetime <= core.readydatetime


def test_describe_jobflow_of_a_step_without_arguments_has_empty_lists(
    emr_connection: Any, reach: Reach
) -> None:
    job_flow_id = emr_connection.run_jobflow("n", keep_alive=True, steps=[JarStep("s", "s3://b/a.jar")])
    reach(job_flow_id, "FAILED")

    (step,) = emr_connection.describe_jobflow(job_flow_id).steps

    assert (list(step.args), list(step.properties)) == ([], [])


def test_describe_jobflows_reads_each_job_flow_once(emr_connection: Any, emrsim: Emulator) -> None:
    # A nested list that boto does not know would make more of them.
    zones = {"AvailabilityZones": ["us-east-1a", "us-east-1b"]}
    emr = Caller(emrsim.port, "json")
    ids = [
        emr.run(Instances={"InstanceCount": 2, "Placement": zones, "KeepJobFlowAliveWhenNoSteps": True})
        for _ in range(2)
    ]

    assert [one.jobflowid for one in emr_connection.describe_jobflows()] == ids[::-1]


def test_describe_jobflows_filters(emr_connection: Any, waiting: Cluster) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    yesterday = tomorrow - timedelta(days=2)

    def ids(**filters: Any) -> list[str]:
        return [one.jobflowid for one in emr_connection.describe_jobflows(**filters)]

    assert ids(states=["WAITING"]) == ids(jobflow_ids=[waiting.id]) == [waiting.id]
    assert ids(created_after=yesterday, created_before=tomorrow) == [waiting.id]
    assert ids(states=["RUNNING"]) == ids(created_after=tomorrow) == ids(created_before=yesterday) == []


def test_describe_jobflows_keeps_the_order_of_more_than_nine_steps(emr_connection: Any, reach: Reach) -> None:
    names = [str(number) for number in range(12)]
    job_flow_id = emr_connection.run_jobflow("n", steps=[command("true", name=name) for name in names])
    reach(job_flow_id, "COMPLETED")

    (job_flow,) = emr_connection.describe_jobflows(jobflow_ids=[job_flow_id])

    assert [step.name for step in job_flow.steps] == names


def test_describe_cluster_fills_every_attribute(emr_connection: Any, waiting: Cluster) -> None:
    emr_connection.add_tags(waiting.id, {"team": "ads", "flag": None})

    cluster = emr_connection.describe_cluster(waiting.id)

    expected = {
        "id": waiting.id,
        "name": "my job flow",
        "loguri": "s3n://logs/",
        "requestedamiversion": "2.4.2",
        "runningamiversion": "2.4.2",
        "autoterminate": "false",
        "terminationprotected": "false",
        "visibletoallusers": "true",
        "normalizedinstancehours": "0",
        "servicerole": "EMR_DefaultRole",
    }
    assert {name: getattr(cluster, name) for name in expected} == expected
    assert cluster.masterpublicdnsname.endswith(".compute-1.amazonaws.com")
    assert cluster.status.state == "WAITING"
    assert cluster.status.statechangereason.message == "Waiting after step failed"
    assert cluster.status.timeline.creationdatetime <= cluster.status.timeline.readydatetime
    assert [(one.name, one.version) for one in cluster.applications] == [("hadoop", "1.0.3")]
    assert {tag.key: tag.value for tag in cluster.tags} == {"team": "ads", "flag": ""}
    attributes = cluster.ec2instanceattributes
    assert (attributes.ec2keyname, attributes.ec2availabilityzone) == ("my-key", "us-east-1b")
    assert attributes.iaminstanceprofile == "EMR_EC2_DefaultRole"


def test_describe_step_fills_every_attribute(emr_connection: Any, waiting: Cluster) -> None:
    first, second = waiting.steps

    step = emr_connection.describe_step(waiting.id, first)

    assert (step.id, step.name, step.actiononfailure) == (first, "first", "CONTINUE")
    assert (step.config.jar, [arg.value for arg in step.config.args]) == (COMMAND_JAR, ["true"])
    assert list(step.config.properties) == []
    assert step.status.state == "COMPLETED"
    assert step.status.timeline.creationdatetime <= step.status.timeline.enddatetime
    failed = emr_connection.describe_step(waiting.id, second).status
    assert (failed.state, failed.statechangereason.message) == ("FAILED", "The step ended with exit code 1.")


def test_describe_step_shows_properties(emr_connection: Any, emrsim: Emulator) -> None:
    jar = {"Jar": "a.jar", "Properties": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}
    cluster_id = Caller(emrsim.port, "json").run(Steps=[{"Name": "s", "HadoopJarStep": jar}])
    (step_id,) = emrsim.running.state.clusters[cluster_id].steps

    properties = emr_connection.describe_step(cluster_id, step_id).config.properties

    assert [(one.key, one.value) for one in properties] == [("a", "1"), ("b", "2")]


def test_list_bootstrap_actions(emr_connection: Any) -> None:
    actions = [
        BootstrapAction("one", "s3://b/one.sh", ["a", "b"]),
        BootstrapAction("two", "s3://b/two.sh", None),
    ]
    job_flow_id = emr_connection.run_jobflow("n", bootstrap_actions=actions)

    one, two = emr_connection.list_bootstrap_actions(job_flow_id).actions

    assert (one.name, one.scriptpath, [arg.value for arg in one.args]) == ("one", "s3://b/one.sh", ["a", "b"])
    assert (two.name, list(two.args)) == ("two", [])
    (first, _) = emr_connection.describe_jobflow(job_flow_id).bootstrapactions
    assert (first.name, first.path, [arg.value for arg in first.args]) == ("one", "s3://b/one.sh", ["a", "b"])


def test_list_clusters_pages_and_filters(emr_connection: Any, emrsim: Emulator) -> None:
    made = [emr_connection.run_jobflow(str(number), keep_alive=True) for number in range(PAGE_SIZE + 1)]

    first = emr_connection.list_clusters()
    second = emr_connection.list_clusters(marker=first.marker)

    assert [one.id for one in [*first.clusters, *second.clusters]] == made[::-1]
    assert not hasattr(second, "marker")
    assert first.clusters[0].name == str(PAGE_SIZE)
    assert first.clusters[0].status.state in {"STARTING", "BOOTSTRAPPING", "WAITING"}
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert list(emr_connection.list_clusters(created_after=tomorrow).clusters) == []
    assert list(emr_connection.list_clusters(cluster_states=["TERMINATED_WITH_ERRORS"]).clusters) == []


def test_list_instance_groups(emr_connection: Any, waiting: Cluster) -> None:
    master, core = emr_connection.list_instance_groups(waiting.id).instancegroups

    assert (master.instancegrouptype, master.instancetype, master.market) == (
        "MASTER",
        "m1.large",
        "ON_DEMAND",
    )
    assert (core.requestedinstancecount, core.runninginstancecount) == ("2", "2")
    assert (core.id in waiting.groups, core.name) == (True, "Core instance group")
    assert core.status.state == "RUNNING"


def test_list_instances(emr_connection: Any, waiting: Cluster) -> None:
    _, core = waiting.groups

    instances = emr_connection.list_instances(waiting.id).instances

    assert len(instances) == 3
    for one in instances:
        assert (one.id[:3], one.ec2instanceid[:2], one.status.state) == ("ci-", "i-", "RUNNING")
        assert one.publicdnsname.startswith("ec2-")
        assert one.privatednsname.startswith("ip-")
        assert (one.publicipaddress.count("."), one.privateipaddress.count(".")) == (3, 3)
    assert len(emr_connection.list_instances(waiting.id, instance_group_id=core).instances) == 2
    assert len(emr_connection.list_instances(waiting.id, instance_group_types=["MASTER"]).instances) == 1


def test_list_steps(emr_connection: Any, waiting: Cluster) -> None:
    second, first = emr_connection.list_steps(waiting.id).steps

    assert [first.id, second.id] == list(waiting.steps)
    assert (first.name, first.status.state, first.config.jar) == ("first", "COMPLETED", COMMAND_JAR)
    assert [arg.value for arg in second.config.args] == ["false"]
    (failed,) = emr_connection.list_steps(waiting.id, step_states=["FAILED"]).steps
    assert failed.id == second.id


def test_add_tags_and_remove_tags(emr_connection: Any, waiting: Cluster) -> None:
    assert emr_connection.add_tags(waiting.id, {"a": "1", "b": "", "é": None}) is True
    assert waiting.tags == {"a": "1", "b": "", "é": ""}

    assert emr_connection.remove_tags(waiting.id, ["a", "é"]) is True
    assert waiting.tags == {"b": ""}


def test_add_jobflow_steps_answers_ids(emr_connection: Any, waiting: Cluster, finish: Finish) -> None:
    added = emr_connection.add_jobflow_steps(waiting.id, [command("true"), command("true")])
    one = emr_connection.add_jobflow_steps(waiting.id, command("true"))

    finish(waiting.id)
    assert [step.value for step in [*added.stepids, *one.stepids]] == list(waiting.steps)[2:]


def test_add_instance_groups_and_modify_instance_groups(
    emr_connection: Any, waiting: Cluster, reach: Reach
) -> None:
    group = InstanceGroup(2, "TASK", "c1.medium", "SPOT", "spot", "0.1")
    answer = emr_connection.add_instance_groups(waiting.id, group)
    new = list(waiting.groups)[-1]
    # boto 2.49 never fills instancegroupids, whatever is sent.
    assert answer.jobflowid == waiting.id
    wait_until(lambda: waiting.running_count(new) == 2)

    emr_connection.modify_instance_groups([new], [4])

    wait_until(lambda: waiting.running_count(new) == 4)


def test_set_termination_protection_and_terminate_jobflow(
    emr_connection: Any, waiting: Cluster, reach: Reach
) -> None:
    assert emr_connection.set_termination_protection(waiting.id, True) is True
    with pytest.raises(EmrResponseError) as refused:
        emr_connection.terminate_jobflow(waiting.id)
    assert (refused.value.status, refused.value.error_code) == (400, "ValidationError")
    assert "termination protected" in refused.value.error_message

    emr_connection.set_termination_protection(waiting.id, False)
    emr_connection.terminate_jobflow(waiting.id)

    reach(waiting.id, "TERMINATED")


def test_terminate_jobflows_ends_all(emr_connection: Any, waiting: Cluster, reach: Reach) -> None:
    other = emr_connection.run_jobflow("other", keep_alive=True)

    assert emr_connection.terminate_jobflows([waiting.id, other]) is True

    for job_flow_id in (waiting.id, other):
        reach(job_flow_id, "TERMINATED")
    assert emr_connection.describe_jobflow(waiting.id).laststatechangereason == "Terminated by user request"


def test_set_visible_to_all_users(emr_connection: Any, waiting: Cluster) -> None:
    assert emr_connection.set_visible_to_all_users(waiting.id, False) is True

    assert emr_connection.describe_jobflow(waiting.id).visibletoallusers == "false"


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        (
            lambda connection: connection.describe_jobflow("j-NONE"),
            "ValidationError",
            "Specified job flow ID not valid",
        ),
        (
            lambda connection: connection.describe_cluster("j-NONE"),
            "InvalidRequestException",
            "Cluster id 'j-NONE' is not valid.",
        ),
        (
            lambda connection: connection.run_jobflow("n", num_instances=0),
            "ValidationError",
            "An instance group must have at least one instance",
        ),
        (
            lambda connection: connection.get_status("MakeCoffee", {}),
            "InvalidAction",
            "Could not find operation MakeCoffee for version 2009-03-31",
        ),
        (
            lambda connection: connection.get_status("ListSessions", {}),
            "NotImplemented",
            "emrsim does not implement ListSessions. There is no Spark Connect server here for a session "
            "to be on: run the code as a step. Nothing was done.",
        ),
    ],
)
def test_error_is_read_at_once(emr_connection: Any, call: Any, code: str, message: str) -> None:
    started = time.monotonic()

    with pytest.raises(EmrResponseError) as refused:
        call(emr_connection)

    assert time.monotonic() - started < 5, "boto has tried again"
    assert (refused.value.error_code, refused.value.error_message) == (code, message)
    assert len(refused.value.request_id) == 36
