"""Clients of the services around EMR, and rules between them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from emrsim import Emulator
from tests.support.engines import command_step
from tests.waiting import wait_until

EMR_EVENTS = {"source": ["aws.emr"]}
FAILED_STEPS = {**EMR_EVENTS, "detail-type": ["EMR Step Status Change"], "detail": {"state": ["FAILED"]}}


class Pipes:
    """What a test needs of an emulator and its neighbours."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.client = cache(self._client)

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.emulator.url,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            region_name="us-east-1",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def queue(self, name: str = "events", **attributes: str) -> tuple[str, str]:
        """The URL and the ARN of a new queue."""
        url = self.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, f"arn:aws:sqs:us-east-1:123456789012:{name}"

    def rule(self, *targets: dict[str, Any], name: str = "rule", pattern: Any = None, **more: Any) -> None:
        """A rule with targets, which get ids."""
        events = self.client("events")
        pattern = json.dumps(pattern or EMR_EVENTS)
        events.put_rule(Name=name, EventPattern=pattern, **more)
        bus = {"EventBusName": more["EventBusName"]} if "EventBusName" in more else {}
        numbered = [{"Id": str(number), **target} for number, target in enumerate(targets)]
        events.put_targets(Rule=name, Targets=numbered, **bus)

    def run(self, *commands: str, **more: Any) -> str:
        """The id of a job flow of these commands, once it has ended."""
        steps = [command_step(command) for command in commands]
        instances = {"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": False}
        answer = self.client("emr").run_job_flow(Name="nightly", Instances=instances, Steps=steps, **more)
        self.emulator.wait(answer["JobFlowId"])
        return str(answer["JobFlowId"])

    def received(self, url: str, count: int = 1) -> list[str]:
        """The bodies of so many messages of a queue."""
        found: list[str] = []
        while len(found) < count:
            answer = self.client("sqs").receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20
            )
            assert answer.get("Messages"), f"{len(found)} of {count} messages have come: {found}"
            for message in answer["Messages"]:
                found.append(message["Body"])
                self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def put(self, detail: Any = None, source: str = "my.app", kind: str = "Thing") -> Any:
        """One event of a client's own."""
        entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail or {"a": 1})}
        return self.client("events").put_events(Entries=[entry])

    def forget(self) -> None:
        """Let there be no rule, queue, topic, event or call any more."""
        from moto.backends import get_backend

        at = {
            name: get_backend(name)["123456789012"]["us-east-1"] for name in ("events", "sqs", "sns", "logs")
        }
        events = at["events"]
        events.event_buses.pop("other", None)
        events.event_buses["default"].rules.clear()
        for kept in (events.archives, events.replays, events.connections, events.destinations):
            kept.clear()
        for kept in (at["sqs"].queues, at["sns"].topics, at["sns"].subscriptions, at["logs"].groups):
            kept.clear()
        self.emulator.running.events.clear()
        self.emulator.journal.clear()

    def failures(self, look: Callable[[list[Any]], bool] = bool) -> list[Any]:
        """The deliveries that failed, once `look` says that they are all."""
        log = self.emulator.running.events
        wait_until(lambda: look(log.failures), "failures of deliveries")
        return log.failures
