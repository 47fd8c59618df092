"""EMR's ready-made bootstrap actions: done, or honest about what they do not do."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from tests.service.test_steps_on_the_master import Run, bootstrap, command


def stderr_of(run: Run) -> str:
    assert run.cluster.master is not None
    path = run.folder / "node" / run.cluster.master.ec2_id / "bootstrap-actions" / "1" / "stderr"
    return path.read_text()


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("s3://support.elasticmapreduce/spark/install-spark", "Spark runs here without being installed"),
        ("s3n://elasticmapreduce/bootstrap-actions/install-ganglia", "there is no Ganglia here"),
        ("s3://elasticmapreduce/bootstrap-actions/configurations/latest/memory-intensive", "have no effect"),
        ("s3://us-west-2.elasticmapreduce/bootstrap-actions/add-swap", "swap space of this machine"),
        ("s3://elasticmapreduce/bootstrap-actions/download.sh", "contents was made"),
    ],
)
def test_what_needs_nothing_says_so(emrsim: Emulator, uri: str, said: str) -> None:
    run = Run(emrsim, command("true"), BootstrapActions=[bootstrap(uri, "1.2")])

    assert run.state == "COMPLETED", run.cluster.reason
    assert said in stderr_of(run)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("s3://elasticmapreduce/bootstrap-actions/setup-hbase", "emrsim installs no HBase"),
        ("s3://support.elasticmapreduce/bootstrap-actions/presto/install-presto", "installs no Presto"),
        ("s3://support.elasticmapreduce/no-such-action", "is not part of emrsim"),
    ],
)
def test_what_a_job_cannot_do_without_fails_the_cluster(emrsim: Emulator, uri: str, said: str) -> None:
    run = Run(emrsim, command("true"), BootstrapActions=[bootstrap(uri)])

    assert run.cluster.reason.code == "BOOTSTRAP_FAILURE"
    assert said in stderr_of(run)
