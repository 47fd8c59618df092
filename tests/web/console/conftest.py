"""A server with real jobs for all tests of a module, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from tests.web.console.browsing import Browsing, find_browser
from tests.web.console.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("console")
    with Emulator(folder / "s3", data=folder / "data") as emulator:
        yield World(emulator)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[World]:
    """A server of the test's own."""
    with Emulator(tmp_path / "s3", data=tmp_path / "data") as emulator:
        yield World(emulator)


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    path = find_browser()
    if isinstance(path, str):
        pytest.skip(path)
    with Browsing(path) as browsing:
        yield browsing


@pytest.fixture
def page(browsing: Browsing, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page of a new profile; of a test that fails a screenshot is kept."""
    with browsing.page() as page:
        failed_before = request.session.testsfailed
        yield page
        if request.session.testsfailed > failed_before:
            browsing.keep_screenshot(page, request.node.name)
