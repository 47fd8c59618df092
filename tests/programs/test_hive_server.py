"""HiveServer2: Spark's Thrift server as a service of the cluster."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.programs.jvm import hive_server
from tests.programs.test_masters_programs import ALL, needs_spark
from tests.service.test_steps_on_the_master import Run, command
from tests.support.calls import Caller
from tests.waiting import wait_until

STAYS = {"InstanceCount": 1, "MasterInstanceType": "m4.large", "KeepJobFlowAliveWhenNoSteps": True}
# The first beeline starts the server; hive and beeline share the metastore while it runs.
SCRIPT = """
cat > q.sql <<'SQL'
CREATE TABLE t AS SELECT 40 AS a;
SELECT 'beeline', a + 1 FROM t;
SQL
beeline -u jdbc:hive2://localhost:10000/default -n hive --outputformat=tsv2 -f q.sql
hive -e "SELECT 'hive', a + 2 FROM t"
"""


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@needs_spark
@pytest.mark.timeout(600)
def test_beeline_reaches_a_server_that_shares_the_metastore_and_ends_with_the_cluster(
    emrsim: Emulator,
) -> None:
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[command("bash", "-e", "-c", SCRIPT)], Instances=STAYS, **ALL)
    cluster = emrsim.running.state.clusters[cluster_id]
    wait_until(lambda: not cluster.active_steps, patience=500)
    (step,) = cluster.steps.values()
    folder = emrsim.data / "clusters" / cluster_id
    logs = folder / "steps" / step.id

    assert step.state.value == "COMPLETED", (logs / "stderr").read_text()
    # Beeline's prompt, which a file does not end, stands before what follows.
    assert [row for row in ("beeline\t41\n", "hive\t42\n") if row not in (logs / "stdout").read_text()] == []
    assert "HiveServer2 listens on 127.0.0.1:" in (logs / "controller").read_text()
    told = json.loads((folder / "jobs" / "hive-server2" / "server").read_text())
    assert _lives(told["pid"])

    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    wait_until(lambda: cluster.state.value == "TERMINATED")
    wait_until(lambda: not _lives(told["pid"]))


@pytest.mark.parametrize("line", ["hive --service hiveserver2", "sudo service hive-server2 start"])
def test_server_that_cannot_start_fails_the_program_with_its_reason(emrsim: Emulator, line: str) -> None:
    run = Run(emrsim, command("bash", "-c", f"JAVA_HOME=/no/java PATH=$EMRSIM_BIN {line}"), **ALL)

    assert run.state == "FAILED"
    assert "HiveServer2 did not start:" in run.wrote("stderr")


@pytest.fixture
def taken() -> Iterator[None]:
    """Somebody has EMR's port, if it is not taken already."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", hive_server.PORT))
            other.listen()
        except OSError:
            pass  # just as well
        yield


def test_server_takes_another_port_where_emrs_is_taken(
    taken: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path))

    port = hive_server._port()

    assert port != hive_server.PORT
    with socket.create_server(("127.0.0.1", port)):
        assert os.listdir(tmp_path) == [f"hive-server2-{hive_server.PORT}.lock"]
