"""The recorded results of real Hadoop streaming, where they are at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("EMRSIM_VECTORS") or TOP.parent / "shared" / "vectors" / "public")
TOPICS = sorted({path.parent.name.partition("-")[0] for path in VECTORS.glob("*/case.json")})


@pytest.mark.skipif(not TOPICS, reason="no vectors: neither EMRSIM_VECTORS nor ../shared/vectors/public")
@pytest.mark.parametrize("attempts", ["retries", "one attempt"])
@pytest.mark.parametrize("topic", TOPICS or ["none"])
@pytest.mark.timeout(600)
def test_results_are_those_of_hadoop(topic: str, attempts: str, tmp_path: Path) -> None:
    single = attempts == "one attempt"
    if single and topic != "failure":
        pytest.skip("the number of attempts matters to failures only")
    options = "--one-attempt" if single else ""
    runner = f"{sys.executable} -m emrsim streaming {options} {{args}}"

    checker: list[str | Path] = [sys.executable, VECTORS / "check_vectors.py"]
    checked = subprocess.run(
        [*checker, "--runner", runner, "--only", f"^{topic}-"]
        + ["--tmp", tmp_path]
        + (["--one-attempt"] if single else []),
        env={**os.environ, "PYTHONPATH": str(TOP)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
