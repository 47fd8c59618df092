"""`emrsim status` and `emrsim reset`, with and without a server."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import running, start_cluster
from tests.waiting import wait_until


def emrsim(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emrsim", *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "s3").mkdir()
    return tmp_path / "s3"


def test_status_tells_of_the_server_and_then_of_what_it_has_left(root: Path) -> None:
    with running(root) as server:
        emr = server.client("emr")
        cluster_id = start_cluster(emr)
        wait_until(lambda: emr.list_clusters(ClusterStates=["WAITING"])["Clusters"])

        told = emrsim("status", "--root", str(root), "--endpoint", server.url)

        assert told.returncode == 0
        assert f"answers at {server.url}: 1 clusters" in told.stdout
        server.kill()
        left = emrsim("status", "--root", str(root), "--endpoint", server.url)
    assert left.returncode == 0
    assert f"No emulator answers at {server.url}" in left.stdout
    assert "keeps 1 clusters, 1 of them alive" in left.stdout
    assert cluster_id in left.stdout
    assert "WAITING" in left.stdout


def test_status_without_anything_says_how_to_start(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    told = emrsim("status", "--root", str(root), "--endpoint", nobody)

    assert told.returncode == 1
    assert "emrsim serve" in told.stdout


def test_reset_begins_anew(root: Path) -> None:
    with running(root) as server:
        start_cluster(server.client("emr"))

        assert emrsim("reset", "--endpoint", server.url).returncode == 0

        assert server.client("emr").list_clusters()["Clusters"] == []
    assert emrsim("reset", "--endpoint", server.url).returncode == 1
