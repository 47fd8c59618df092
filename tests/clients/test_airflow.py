"""Airflow's EMR operators and sensors, in a Python of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emrsim import Emulator
from tests.clients.programs import client_environment, program_or_skip, run_program

PROGRAM = Path(__file__).parent / "jobs" / "airflow_operators.py"


def airflow_environment(emulator: Emulator, home: Path) -> dict[str, str]:
    """An Airflow without examples, whose connection to AWS is the emulator."""
    connection = {
        "conn_type": "aws",
        "login": "key",
        "password": "secret",
        "extra": {"region_name": "us-east-1", "endpoint_url": emulator.url},
    }
    environment = client_environment(emulator, home)
    del environment["AWS_ENDPOINT_URL"]
    return {
        **environment,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(connection),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }


@pytest.mark.timeout(300)
def test_operators_and_sensors_do_their_work(emrsim: Emulator, tmp_path: Path) -> None:
    python = program_or_skip("EMRSIM_AIRFLOW_PYTHON", "python3", imports="airflow.providers.amazon")
    (emrsim.root / "b").mkdir()
    (emrsim.root / "b" / "in").write_text("x\n")
    home = tmp_path / "airflow"
    home.mkdir()

    ended = run_program([python, str(PROGRAM)], airflow_environment(emrsim, home), home)

    assert ended.code == 0, ended.stdout + ended.stderr
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["good"] is found["terminated"] is True
    assert "EMR job failed" in found["bad"]
    assert "subprocess failed with code 1" in found["bad"]
    assert found["concurrency"] == 3
    states = {one.id: one.state.value for one in emrsim.running.state.clusters.values()}
    assert states[found["whole"]] == "COMPLETED"
    assert sorted(states.values()) == ["COMPLETED", "TERMINATED"]
    assert (emrsim.root / "b" / "whole" / "_SUCCESS").exists()
