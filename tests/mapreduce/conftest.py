"""Fixtures of the streaming tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mapreduce.jobs import Jobs


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    """A folder to run jobs in."""
    return Jobs(tmp_path)
