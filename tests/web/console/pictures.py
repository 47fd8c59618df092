"""The pictures of docs/console.md: `python -m tests.web.console.pictures` makes them anew."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from emrsim import Emulator
from tests.web.console.browsing import Browsing, find_browser
from tests.web.console.world import BASE, World, command, streaming

_LAPTOP, _PHONE = {"width": 1120, "height": 720}, {"width": 390, "height": 720}
PICTURES = Path(__file__).parents[3] / "docs" / "pictures"


def take_all() -> None:
    """Take the pictures of a server with a few clusters. Raises RuntimeError where there is no browser."""
    path = find_browser()
    if isinstance(path, str):
        raise RuntimeError(path)
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Browsing(path) as browsing,
        Emulator(Path(folder, "s3"), data=Path(folder, "data")) as emulator,
    ):
        world = World(emulator)
        world.get("/_emrsim/")
        pages = _pages(world)
        with browsing.page(viewport=_LAPTOP) as page:
            for name in ("clusters", "cluster", "step", "requests", "controls"):
                _take(page, world.url + pages[name], name)
        with browsing.page(viewport=_LAPTOP, color_scheme="dark") as page:
            _take(page, world.url + pages["step"], "step-dark")
        with browsing.page(viewport=_PHONE) as page:
            _take(page, world.url + pages["step"], "step-phone")


def _take(page: Any, url: str, name: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"console-{name}.png")


def _pages(world: World) -> dict[str, str]:
    """The paths of the pages, by the names of their pictures."""
    world.emulator.put("s3://shop/orders.txt", "to be or not to be\n" * 400)
    done = world.start(
        streaming("count words", "wc -w", "s3://shop/counts", "s3://shop/orders.txt"),
        name="daily count",
        keep=False,
    )
    world.emulator.wait(done)
    world.start(name="ad hoc queries")
    cluster_id, step_id = world.broken_step()
    words = "for n in $(seq 400); do echo order $n; sleep 0.1; done"
    world.emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[command("load orders", "bash", "-c", words)])
    world.emulator.wait(world.steps(cluster_id)["load orders"], "RUNNING")
    return {
        "clusters": "/_emrsim/",
        "cluster": f"{BASE}clusters/{cluster_id}",
        "step": f"{BASE}clusters/{cluster_id}/steps/{step_id}",
        "requests": f"{BASE}requests",
        "controls": f"{BASE}controls",
    }


if __name__ == "__main__":
    take_all()
