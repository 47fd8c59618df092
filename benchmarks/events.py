"""What a rule on all events costs: job flows with and without one, in turns; CPU seconds, not wall time.

    python benchmarks/events.py --flows 1000

Each job flow has a step that a rule of emrsim's lets fail without a process, so that what is measured is
emrsim. The rule's target is a queue.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from statistics import median
from typing import Any

import boto3

from emrsim import Emulator

ARN = "arn:aws:sqs:us-east-1:123456789012:all"


def clients(emulator: Emulator, *services: str) -> list[Any]:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    return [boto3.client(service, endpoint_url=emulator.url, **keys) for service in services]


def seconds_for(flows: int, has_rule: bool) -> tuple[float, int, int]:
    """CPU seconds of so many job flows, the events there were, and the messages in the queue."""
    step = {"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}
    with tempfile.TemporaryDirectory() as root, Emulator(root, first_step_seconds=0) as emulator:
        emulator.rules.add({"match": {"step": "*"}, "then": {"fail": True}})
        emr, events, sqs = clients(emulator, "emr", "events", "sqs")
        url = sqs.create_queue(QueueName="all")["QueueUrl"]
        events.list_rules()  # moto is loaded, and connected, in either case
        if has_rule:
            events.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.emr"]}))
            events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": ARN}])
        began = time.process_time()
        started = [
            emr.run_job_flow(Name=f"flow {number}", Instances={"InstanceCount": 1}, Steps=[step])
            for number in range(flows)
        ]
        for made in started:
            emulator.wait(made["JobFlowId"])
        emulator.running.bridge.drain()
        spent = time.process_time() - began
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        count = int(attributes["Attributes"]["ApproximateNumberOfMessages"])
        return spent, len(emulator.events()), count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    without, with_rule = [], []
    for _ in range(options.rounds):
        without.append(seconds_for(options.flows, has_rule=False)[0])
        spent, events, received = seconds_for(options.flows, has_rule=True)
        with_rule.append(spent)
        assert received == events, f"{received} messages of {events} events"
    base, more = median(without), median(with_rule)
    print(
        f"| {options.flows} job flows | {base:.2f} s CPU | with a rule on all {events} events {more:.2f} s |"
    )
    print(f"| overhead | {(more / base - 1) * 100:.0f} % |")


if __name__ == "__main__":
    main()
