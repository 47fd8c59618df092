"""EventBridge beside EMR: rules deliver EMR's events, and clients' own, to all kinds of targets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emrsim import Emulator
from tests.events.pipes import FAILED_STEPS, Pipes
from tests.events.test_reading_events import receiver
from tests.support.engines import CommandEngine

pytest.importorskip("moto", reason="EventBridge needs moto: pip install 'emrsim[aws]'")
MISSING = {"Arn": "arn:aws:sqs:us-east-1:123456789012:missing"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipes]:
    """One emulator for the tests of this file: a reset of all of moto takes a second."""
    root = tmp_path_factory.mktemp("s3")
    with Emulator(root, engines=[CommandEngine()], first_step_seconds=0) as emulator:
        yield Pipes(emulator)


@pytest.fixture
def pipes(shared: Pipes) -> Iterator[Pipes]:
    yield shared
    shared.forget()


def test_failed_step_reaches_a_queue_as_aws_would_send_it(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    pipes.rule({"Arn": arn}, pattern=FAILED_STEPS)

    pipes.run("true", "false")

    (body,) = pipes.received(url)
    assert json.loads(body) == pipes.emulator.assert_event("EMR Step Status Change", state="FAILED")[0]
    assert json.loads(body)["account"] == "123456789012"


def test_all_events_of_a_cluster_come_in_order(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    pipes.rule({"Arn": arn})

    pipes.run("true")

    expected = pipes.emulator.events()
    assert [json.loads(body) for body in pipes.received(url, len(expected))] == expected


def test_rule_on_the_whole_reason_matches_its_text(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    reason = '{"code":"ALL_STEPS_COMPLETED","message":"Steps completed"}'
    detail = {"state": ["TERMINATED"], "stateChangeReason": [reason]}
    pipes.rule({"Arn": arn}, pattern={"source": ["aws.emr"], "detail": detail})

    cluster_id = pipes.run("true")

    assert json.loads(pipes.received(url)[0])["detail"]["clusterId"] == cluster_id


def test_fifo_queue_gets_its_group(pipes: Pipes) -> None:
    url, arn = pipes.queue("events.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    pipes.rule({"Arn": arn, "SqsParameters": {"MessageGroupId": "emr"}}, pattern=FAILED_STEPS)

    pipes.run("false")

    answer = pipes.client("sqs").receive_message(
        QueueUrl=url, WaitTimeSeconds=20, MessageSystemAttributeNames=["All"]
    )
    assert answer["Messages"][0]["Attributes"]["MessageGroupId"] == "emr"


def test_topic_passes_an_event_on_to_its_queue(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    topic = pipes.client("sns").create_topic(Name="alerts")["TopicArn"]
    pipes.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    pipes.rule({"Arn": topic}, pattern=FAILED_STEPS)

    pipes.run("false")

    envelope = json.loads(pipes.received(url)[0])
    assert json.loads(envelope["Message"])["detail"]["state"] == "FAILED"
    assert envelope["TopicArn"] == topic


def test_log_group_gets_events(pipes: Pipes) -> None:
    logs = pipes.client("logs")
    logs.create_log_group(logGroupName="/aws/events/emr")
    url, arn = pipes.queue()
    log_group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/emr"
    pipes.rule({"Arn": log_group}, {"Arn": arn}, pattern=FAILED_STEPS)

    pipes.run("false")
    pipes.received(url)

    (event,) = logs.filter_log_events(logGroupName="/aws/events/emr")["events"]
    assert json.loads(event["message"])["detail"]["state"] == "FAILED"


def test_other_bus_passes_an_event_on(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    bus = pipes.client("events").create_event_bus(Name="other")["EventBusArn"]
    pipes.rule({"Arn": bus}, pattern=FAILED_STEPS)
    pipes.rule({"Arn": arn}, name="there", pattern=FAILED_STEPS, EventBusName="other")

    pipes.run("false")

    assert json.loads(pipes.received(url)[0])["source"] == "aws.emr"


def test_two_buses_do_not_pass_an_event_for_ever(pipes: Pipes) -> None:
    events = pipes.client("events")
    there = events.create_event_bus(Name="other")["EventBusArn"]
    back = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    pipes.rule({"Arn": there}, pattern={"source": ["my.app"]})
    pipes.rule({"Arn": back}, name="back", pattern={"source": ["my.app"]}, EventBusName="other")

    pipes.put()

    (failure,) = pipes.failures()
    assert (failure.target, failure.error) == (
        back, "the event has come from another bus already, and goes to no third",
    )  # fmt: skip


def test_api_destination_is_called_with_what_its_connection_adds(pipes: Pipes) -> None:
    with receiver() as (url, received):
        events = pipes.client("events")
        key = {"ApiKeyName": "x-key", "ApiKeyValue": "secret"}
        connection = events.create_connection(
            Name="c", AuthorizationType="API_KEY", AuthParameters={"ApiKeyAuthParameters": key}
        )["ConnectionArn"]
        destination = events.create_api_destination(
            Name="d", ConnectionArn=connection, InvocationEndpoint=url, HttpMethod="POST"
        )["ApiDestinationArn"]
        queue, arn = pipes.queue()
        pipes.rule({"Arn": destination, "InputPath": "$.detail"}, {"Arn": arn}, pattern=FAILED_STEPS)

        pipes.run("false")
        pipes.received(queue)

    assert [one["state"] for one in received] == ["FAILED"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Input": '{"fixed": 1}'}, '{"fixed": 1}'),
        ({"InputPath": "$.detail.name"}, '"a command"'),
        ({"InputPath": "$.detail-type"}, '"EMR Step Status Change"'),
        ({"InputPath": "$['detail']['state']"}, '"FAILED"'),
        ({"InputPath": "$.resources[0]"}, "null"),
    ],
)
def test_target_gets_the_input_that_it_asked_for(pipes: Pipes, given: Any, expected: str) -> None:
    url, arn = pipes.queue()
    pipes.rule({"Arn": arn, **given}, pattern=FAILED_STEPS)

    pipes.run("false")

    assert pipes.received(url) == [expected]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{"state": <state>, "n": <number>}', '{"state": "FAILED", "n": 7}'),
        ('{"text": "it is <state>, <number>"}', '{"text": "it is FAILED, 7"}'),
        ('"<state>!"', '"FAILED!"'),
        ('{"why": "<reason>"}', '{"why": "{\\"code\\":\\"X\\",\\"message\\":\\"a \\\\\\"b\\\\\\"\\"}"}'),
        ('{"why": <reason>}', '{"why": "{\\"code\\":\\"X\\",\\"message\\":\\"a \\\\\\"b\\\\\\"\\"}"}'),
        ('{"whole": <detail>}', None),
        ('{"in": "<list>", "out": <list>}', '{"in": "[1,\\"a\\"]", "out": [1,"a"]}'),
        ('{"none": <missing>, "text": "<missing>"}', '{"none": null, "text": ""}'),
        ('{"rule": <aws.events.rule-name>}', '{"rule": "rule"}'),
        ('"<state>"\n"<number>"', '"FAILED"\n"7"'),
    ],
)
def test_transformer_makes_what_eventbridge_makes(pipes: Pipes, template: str, expected: str | None) -> None:
    url, arn = pipes.queue()
    reason = json.dumps({"code": "X", "message": 'a "b"'}, separators=(",", ":"))
    detail = {"state": "FAILED", "number": 7, "reason": reason, "list": [1, "a"]}
    paths = {name: f"$.detail.{name}" for name in (*detail, "missing")} | {"detail": "$.detail"}
    transformer = {"InputPathsMap": paths, "InputTemplate": template}
    pipes.rule({"Arn": arn, "InputTransformer": transformer}, pattern={"source": ["my.app"]})

    pipes.put(detail)

    (body,) = pipes.received(url)
    if expected is None:
        assert json.loads(body) == {"whole": detail}
    else:
        assert body == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"Input": "{"}, "JSON syntax error in Input"),
        ({"InputPath": "detail"}, "Invalid JsonPath 'detail': it must begin with $"),
        ({"InputPath": "$.a..b"}, "Invalid JsonPath"),
        ({"Input": "{}", "InputPath": "$"}, "Only one of Input, InputPath, or InputTransformer"),
        ({"InputTransformer": {"InputTemplate": "no json <x>"}}, "Invalid InputTemplate for target 0"),
    ],
)
def test_input_that_says_nothing_is_refused(pipes: Pipes, given: Any, told: str) -> None:
    with pytest.raises(ClientError, match="ValidationException") as refused:
        pipes.rule({**MISSING, **given})

    assert told in str(refused.value)


def test_disabled_rule_and_schedule_are_silent(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    silent, silent_arn = pipes.queue("silent")
    pipes.rule({"Arn": silent_arn}, name="off", State="DISABLED")
    events = pipes.client("events")
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule="nightly", Targets=[{"Id": "1", "Arn": silent_arn}])
    pipes.rule({"Arn": arn}, name="on", pattern=FAILED_STEPS)

    pipes.run("false")
    pipes.received(url)

    assert "Messages" not in pipes.client("sqs").receive_message(QueueUrl=silent)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (MISSING, "does not exist"),
        ({"Arn": "arn:aws:sns:us-east-1:123456789012:missing"}, "there is no topic"),
        ({"Arn": "arn:aws:logs:us-east-1:123456789012:log-group:missing"}, "there is no log group missing"),
        ({"Arn": "arn:aws:events:us-east-1:123456789012:event-bus/missing"}, "there is no event bus missing"),
        ({"Arn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/x"}, "not to firehose"),
        ({"Arn": "arn:aws:events:us-east-1:123456789012:api-destination/missing/1"}, "no API destination"),
    ],
)
def test_target_that_fails_is_told_and_hides_no_other(pipes: Pipes, target: Any, told: str) -> None:
    url, arn = pipes.queue()
    pipes.rule(target, {"Arn": arn}, pattern=FAILED_STEPS)

    pipes.run("false")

    assert len(pipes.received(url)) == 1
    (failure,) = pipes.failures()
    assert (failure.target, failure.event_id) == (
        target["Arn"],
        pipes.emulator.assert_event("EMR Step Status Change", state="FAILED")[0]["id"],
    )
    assert told in failure.error
    (entry,) = [one for one in pipes.emulator.calls(service="events") if one.operation == "DeliverEvent"]
    assert (entry.parameters["Target"], entry.error_code) == (target["Arn"], "DeliveryFailed")


def test_dead_letters_get_what_a_target_did_not(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    pipes.rule({**MISSING, "DeadLetterConfig": {"Arn": arn}}, pattern=FAILED_STEPS)

    pipes.run("false")

    assert json.loads(pipes.received(url)[0])["detail"]["state"] == "FAILED"


def test_clients_own_events_are_delivered_with_their_account(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    pipes.rule({"Arn": arn}, pattern={"source": ["my.app"]})

    event_id = pipes.put({"a": [1]})["Entries"][0]["EventId"]

    event = json.loads(pipes.received(url)[0])
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0",
        "id": event_id,
        "detail-type": "Thing",
        "source": "my.app",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [],
        "detail": {"a": [1]},
    }


def test_sources_of_awss_own_are_refused_one_by_one(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    pipes.rule({"Arn": arn}, pattern={"detail": {"n": [{"exists": True}]}})
    entries = [
        {"Source": source, "DetailType": "t", "Detail": json.dumps({"n": n})}
        for n, source in enumerate(["aws.emr", "my.app", "aws.anything", "awsome.app"])
    ]

    answer = pipes.client("events").put_events(Entries=entries)

    refusal = {
        "ErrorCode": "NotAuthorizedForSourceException",
        "ErrorMessage": "Not authorized for the source.",
    }
    assert answer["FailedEntryCount"] == 2
    assert [answer["Entries"][place] for place in (0, 2)] == [refusal, refusal]
    assert [json.loads(body)["detail"]["n"] for body in pipes.received(url, 2)] == [1, 3]


@pytest.mark.parametrize("detail", ["[1]", '"text"', "7", "{"])
def test_detail_that_is_no_object_is_refused(pipes: Pipes, detail: str) -> None:
    entry = {"Source": "my.app", "DetailType": "t", "Detail": detail}

    answer = pipes.client("events").put_events(Entries=[entry])

    assert answer["Entries"] == [{"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}]


def test_event_over_256_kilobytes_is_refused(pipes: Pipes) -> None:
    with pytest.raises(ClientError, match="Total size of the entries in the request is over the limit"):
        pipes.put({"text": "x" * 262_144})


def test_rules_are_those_of_the_clusters_region(pipes: Pipes) -> None:
    url, arn = pipes.queue()
    pipes.rule({"Arn": arn}, pattern=FAILED_STEPS)
    emr = boto3.client(
        "emr",
        endpoint_url=pipes.emulator.url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="eu-west-1",
    )
    step = {
        "Name": "bad", "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": "s3://tests/command.jar", "Args": ["false"]},
    }  # fmt: skip
    other = emr.run_job_flow(Name="n", Instances={"InstanceCount": 1}, Steps=[step])["JobFlowId"]
    pipes.emulator.wait(other)

    here = pipes.run("false")

    assert [json.loads(body)["detail"]["clusterId"] for body in pipes.received(url)] == [here]


def test_archive_replays_what_was_sent(pipes: Pipes) -> None:
    events = pipes.client("events")
    bus = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    archive = events.create_archive(ArchiveName="all", EventSourceArn=bus)["ArchiveArn"]
    first, first_arn = pipes.queue("first")
    pipes.rule({"Arn": first_arn}, name="first", pattern={"source": ["my.app"]})
    pipes.put({"a": 1})
    pipes.received(first)
    second, second_arn = pipes.queue("second")
    pipes.rule({"Arn": second_arn}, name="second", pattern={"replay-name": [{"exists": True}]})

    events.start_replay(
        ReplayName="again",
        EventSourceArn=archive,
        EventStartTime="2020-01-01T00:00:00Z",
        EventEndTime="2030-01-01T00:00:00Z",
        Destination={"Arn": bus},
    )

    event = json.loads(pipes.received(second)[0])
    assert (event["detail"], event["replay-name"]) == ({"a": 1}, "again")
