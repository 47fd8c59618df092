"""A test case of unittest, run as a user would."""

from __future__ import annotations

import io
import os
import unittest
from typing import Any

import boto3
import pytest

from emrsim.testing import EmrTestCase


def run(case: type[unittest.TestCase]) -> unittest.TestResult:
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    return unittest.TextTestRunner(io.StringIO()).run(suite)


def test_each_test_has_an_emulator_of_its_own_and_clients_of_it() -> None:
    seen: list[Any] = []

    class Case(EmrTestCase):
        emrsim_options = {"boot_seconds": 7200}  # noqa: RUF012  as a user would write it

        def test_one(self) -> None:
            made = self.emr_connection.run_jobflow("a", keep_alive=True)
            clusters = self.emr_client.list_clusters()["Clusters"]
            assert [one["Id"] for one in clusters] == [made]
            assert clusters[0]["Status"]["State"] == "STARTING"
            seen.append(self.emrsim)

        def test_two(self) -> None:
            self.emrsim.put("s3://bucket/key", "text")
            assert self.s3_client.list_buckets()["Buckets"][0]["Name"] == "bucket"
            seen.append(self.emrsim)

    result = run(Case)

    assert result.wasSuccessful(), result.errors + result.failures
    assert seen[0] is not seen[1]
    assert not any(emulator.is_running for emulator in seen)


def test_environment_is_there_until_the_end_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.com")

    class Case(EmrTestCase):
        def test_one(self) -> None:
            self.use_aws_environment()
            boto3.client("emr").list_clusters()

    result = run(Case)

    assert result.wasSuccessful(), result.errors + result.failures
    assert os.environ["AWS_ENDPOINT_URL"] == "https://example.com"
