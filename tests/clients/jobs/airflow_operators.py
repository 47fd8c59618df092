"""Airflow's operators and sensors of EMR, executed one after the other without a scheduler.

Prints, as JSON, what each returned. The connection `aws_default` comes from the environment.
"""

import json
import sys
import time
from unittest.mock import MagicMock

from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrModifyClusterOperator,
    EmrTerminateJobFlowOperator,
)
from airflow.providers.amazon.aws.sensors.emr import EmrJobFlowSensor, EmrStepSensor

QUICK = {"waiter_delay": 1, "waiter_max_attempts": 60}
CONTEXT = MagicMock()


def job_flow(keep_alive, steps=()):
    return {
        "Name": "from-airflow",
        "ReleaseLabel": "emr-5.36.0",
        "LogUri": "s3://b/logs/",
        "Instances": {
            "InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}],
            "KeepJobFlowAliveWhenNoSteps": keep_alive,
        },
        "Steps": list(steps),
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
    }


def streaming(mapper, output):
    arguments = ["hadoop-streaming", "-mapper", mapper, "-reducer", "cat"]
    arguments += ["-input", "s3://b/in", "-output", f"s3://b/{output}"]
    return {
        "Name": output,
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": arguments},
    }


def execute(operator):
    return operator.execute(CONTEXT)


def poke_until_true(sensor):
    deadline = time.monotonic() + 60
    while not sensor.poke(CONTEXT):
        if time.monotonic() > deadline:
            raise TimeoutError(sensor.task_id)
        time.sleep(0.1)
    return True


def error_of(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def main():
    found = {}
    cluster = execute(
        EmrCreateJobFlowOperator(task_id="create", job_flow_overrides=job_flow(keep_alive=True))
    )
    poke_until_true(EmrJobFlowSensor(task_id="up", job_flow_id=cluster, target_states=["WAITING"]))
    good = execute(
        EmrAddStepsOperator(
            task_id="good",
            job_flow_id=cluster,
            steps=[streaming("cat", "good")],
            wait_for_completion=True,
            **QUICK,
        )
    )
    found["good"] = poke_until_true(EmrStepSensor(task_id="s", job_flow_id=cluster, step_id=good[0]))
    by_name = EmrAddStepsOperator(
        task_id="bad",
        job_flow_name="from-airflow",
        cluster_states=["WAITING"],
        steps=[streaming("false", "bad")],
    )
    bad = execute(by_name)
    sensor = EmrStepSensor(task_id="f", job_flow_id=cluster, step_id=bad[0])
    found["bad"] = error_of(lambda: poke_until_true(sensor))
    found["concurrency"] = execute(
        EmrModifyClusterOperator(task_id="modify", cluster_id=cluster, step_concurrency_level=3)
    )
    execute(EmrTerminateJobFlowOperator(task_id="end", job_flow_id=cluster, **QUICK))
    found["terminated"] = poke_until_true(EmrJobFlowSensor(task_id="down", job_flow_id=cluster))
    whole = EmrCreateJobFlowOperator(
        task_id="whole",
        job_flow_overrides=job_flow(keep_alive=False, steps=[streaming("cat", "whole")]),
        wait_for_completion=True,
        **QUICK,
    )
    found["whole"] = execute(whole)
    json.dump(found, sys.stdout)


main()
