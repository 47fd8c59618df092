"""What it costs a step to start while another cluster, with many files in its HDFS, ends.

`python benchmarks/ending.py [FILES]` prints how long a step that does nothing takes, alone and during that
end, and the ratio. Run it on a quiet machine; the ratio means more than the seconds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3

from emrsim import Emulator

KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
INSTANCES = {"InstanceCount": 1, "MasterInstanceType": "m5.xlarge", "KeepJobFlowAliveWhenNoSteps": True}
ROUNDS = 3
FILES_PER_FOLDER = 1000


def main(files: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Emulator(Path(folder) / "s3") as emulator:
        emr = boto3.client("emr", endpoint_url=emulator.url, **KEYS)
        waiting = cluster(emulator, emr)
        seconds_of_step(emulator, emr, waiting)  # the first starts the guardian
        alone, meanwhile, ends = [], [], []
        for _ in range(ROUNDS):
            alone.append(seconds_of_step(emulator, emr, waiting))
            ending = cluster(emulator, emr)
            fill(emulator.data / "clusters" / ending / "hdfs", files)
            began = time.perf_counter()
            emr.terminate_job_flows(JobFlowIds=[ending])
            meanwhile.append(seconds_of_step(emulator, emr, waiting))
            emulator.wait(ending, timeout=600)
            ends.append(time.perf_counter() - began)
    print(f"a step alone:                     {statistics.median(alone) * 1000:7.0f} ms")
    print(f"... while {files} files go:      {statistics.median(meanwhile) * 1000:7.0f} ms")
    print(f"ratio:                            {statistics.median(meanwhile) / statistics.median(alone):7.2f}")
    print(f"the end of that cluster:          {statistics.median(ends) * 1000:7.0f} ms")


def cluster(emulator: Emulator, emr: Any) -> str:
    """A cluster that is WAITING; its id."""
    cluster_id = emr.run_job_flow(Name="n", ReleaseLabel="emr-6.15.0", Instances=INSTANCES)["JobFlowId"]
    emulator.wait(cluster_id, "WAITING")
    return str(cluster_id)


def fill(hdfs: Path, files: int) -> None:
    """Put that many small files into a folder."""
    for number in range(files):
        folder = hdfs / f"folder-{number // FILES_PER_FOLDER}"
        if number % FILES_PER_FOLDER == 0:
            folder.mkdir()
        (folder / f"file-{number}").write_bytes(b"x")


def seconds_of_step(emulator: Emulator, emr: Any, cluster_id: str) -> float:
    """From the call that adds a step to its end."""
    step = {"Name": "n", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}
    began = time.perf_counter()
    (step_id,) = emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step])["StepIds"]
    assert emulator.wait(step_id) == "COMPLETED"
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
