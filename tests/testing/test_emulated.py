"""A context manager and decorator for tests without pytest's fixtures."""

from __future__ import annotations

import inspect
import os
import unittest

import boto3

from emrsim import Emulator
from emrsim.testing import emulated

STAYS = {"InstanceCount": 1, "MasterInstanceType": "m5.xlarge", "KeepJobFlowAliveWhenNoSteps": True}


def start() -> str:
    return str(boto3.client("emr").run_job_flow(Name="mine", Instances=STAYS)["JobFlowId"])


def test_block_has_an_emulator_that_clients_find() -> None:
    with emulated(clock="manual") as emulator:
        made = start()
        assert emulator.wait(made, "STARTING") == "STARTING"
        assert os.environ["AWS_ENDPOINT_URL_EMR"] == emulator.url

    assert not emulator.is_running
    assert "AWS_ENDPOINT_URL_EMR" not in os.environ


def test_function_gets_a_new_emulator_in_each_call() -> None:
    @emulated(region="eu-west-1")
    def code(name: str, emrsim: Emulator) -> int:
        """Start one."""
        start()
        emrsim.assert_called_once("RunJobFlow", Name=name)
        return emrsim.port

    assert list(inspect.signature(code).parameters) == ["name"]
    assert code.__doc__ == "Start one."
    code("mine")  # type: ignore[call-arg]
    code("mine")  # type: ignore[call-arg]


def test_method_of_a_test_case_needs_not_take_it() -> None:
    class Case(unittest.TestCase):
        @emulated()
        def test_one(self) -> None:
            start()

    result = unittest.TestResult()
    Case("test_one").run(result)
    assert result.wasSuccessful()
