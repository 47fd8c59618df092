"""A person at a browser: pages, keyboard, live updates, and the way from a failed step to a mended one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.console.browsing import Browsing
from tests.web.console.world import BASE, MENDED, World, command, seed


def test_person_finds_why_a_step_failed_and_reruns_it_with_a_mended_mapper(
    world: World, page: Any, tmp_path: Path
) -> None:
    """Without documentation: from the address of S3, by what the pages say."""
    world.broken_step()
    page.goto(world.url)
    page.get_by_role("link", name="nightly report").first.click()
    page.get_by_role("link", name="sum per word").click()
    assert "ValueError: invalid literal" in page.locator(".lead").inner_text()
    assert "line 6" in page.locator(".excerpt pre").inner_text()
    step = page.url

    page.get_by_role("link", name="S3", exact=True).click()
    page.get_by_role("link", name="lake").click()
    mended = tmp_path / "mapper.py"
    mended.write_text(MENDED)
    page.get_by_label("Upload files").set_input_files(mended)
    page.get_by_role("button", name="Upload", exact=True).click()

    page.goto(step)
    page.get_by_role("link", name="Run again").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("h1 .chip", has_text="Completed").wait_for()
    page.locator("section[aria-labelledby=output-title] pre", has_text="apple").wait_for()


def test_page_of_a_running_step_follows_it_to_its_end(world: World, page: Any) -> None:
    cluster_id = world.start(
        command("talkative", "bash", "-c", "echo first; read -t 2 < <(sleep 5); echo last")
    )
    page.goto(f"{world.url}{BASE}clusters/{cluster_id}/steps/{world.steps(cluster_id)['talkative']}")
    page.locator("pre.log", has_text="first").wait_for()

    page.locator("pre.log", has_text="last").wait_for()
    page.locator("h1 .chip", has_text="Completed").wait_for()


def test_list_shows_a_new_cluster_without_being_asked_and_does_not_jump(world: World, page: Any) -> None:
    world.start(name="before")
    page.goto(f"{world.url}/_emrsim/")
    page.get_by_role("link", name="before").first.wait_for()
    page.evaluate(
        "window.moved = 0; new PerformanceObserver((list) => {"
        " for (const one of list.getEntries()) window.moved += one.value;"
        " }).observe({type: 'layout-shift', buffered: true})"
    )
    row = page.locator("tr[data-row]").first
    width = row.bounding_box()["width"]

    world.start(name="after")

    page.get_by_role("link", name="after").wait_for()
    assert page.locator("tr[data-row]").first.bounding_box()["width"] == width
    assert page.evaluate("window.moved") < 0.1


def test_page_can_be_used_from_the_keyboard(fresh: World, page: Any) -> None:
    seed(fresh, 5)
    page.goto(f"{fresh.url}/_emrsim/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator("tr.is-current a").inner_text() == "seeded 3"
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("seeded 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**name=seeded+1*")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="seeded 1").wait_for()


def test_id_is_copied_by_a_click(world: World, browsing: Browsing) -> None:
    cluster_id = world.start()
    with browsing.page(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{world.url}{BASE}clusters/{cluster_id}")
        page.locator(".id").first.click()
        page.locator(".toast.is-shown").wait_for()

        assert page.evaluate("navigator.clipboard.readText()") == cluster_id


def test_times_are_relative_and_absolute_on_hover(world: World, page: Any) -> None:
    page.goto(f"{world.url}{BASE}clusters/{world.start()}")
    time = page.locator("time").first

    assert re.fullmatch(r"just now|\d+ s ago", time.inner_text())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", time.get_attribute("title"))


def test_destructive_action_is_confirmed_once_and_done(world: World, page: Any) -> None:
    cluster_id = world.start(name="to be ended")
    page.goto(f"{world.url}{BASE}clusters/{cluster_id}")

    page.get_by_text("Terminate…").click()
    page.get_by_role("button", name="Terminate", exact=True).click()

    assert world.emulator.wait(cluster_id) == "TERMINATED"
    page.locator("h1 .chip", has_text="Terminated").wait_for()


def test_script_that_a_step_prints_is_shown_and_does_not_run(world: World, page: Any) -> None:
    evil = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    cluster_id = world.start(command("evil", "bash", "-c", f'echo "{evil}"; exit 1'))
    step_id = world.steps(cluster_id)["evil"]
    world.emulator.wait(step_id)

    page.goto(f"{world.url}{BASE}clusters/{cluster_id}/steps/{step_id}?log=steps/{step_id}/stdout")

    assert evil in page.locator("pre.log").inner_text()
    assert page.title() != "owned"


def test_older_parts_of_a_log_come_above_what_is_shown(world: World, page: Any) -> None:
    cluster_id = world.start(command("long", "seq", "100000"))
    step_id = world.steps(cluster_id)["long"]
    world.emulator.wait(step_id)
    page.goto(f"{world.url}{BASE}clusters/{cluster_id}/steps/{step_id}?log=steps/{step_id}/stdout")
    log = page.locator("pre.log")
    before = log.inner_text().splitlines()

    page.get_by_role("link", name="Show older").click()
    page.wait_for_function(
        f"document.querySelector('pre.log').textContent.split('\\n').length > {len(before)} + 100"
    )

    lines = log.inner_text().splitlines()
    assert lines[-len(before) :] == before
    assert int(lines[-len(before) - 1]) == int(before[0]) - 1


def test_pages_can_be_read_and_used_without_scripts(world: World, browsing: Browsing) -> None:
    cluster_id, step_id = world.broken_step()
    with browsing.page(java_script_enabled=False) as page:
        page.goto(f"{world.url}{BASE}clusters/{cluster_id}/steps/{step_id}")
        assert "Traceback" in page.locator(".excerpt").inner_text()
        page.get_by_role("link", name="Run again").click()
        page.locator("[name=mapper]").fill("cat")
        page.locator("[name=output]").fill("s3://lake/without-scripts")
        page.get_by_role("button", name="Run", exact=True).click()

        assert "/steps/s-" in page.url


def test_page_of_another_port_can_neither_read_nor_change(
    world: World, fresh: World, browsing: Browsing
) -> None:
    """`fresh` is the other port: a page of it asks `world`."""
    cluster_id = world.start()
    target = f"{world.url}{BASE}clusters/{cluster_id}/terminate"
    change = (
        f"fetch('{target}', {{method: 'POST', mode: 'no-cors', body: new URLSearchParams({{token: ''}})}})"
    )
    with browsing.page(errors_expected=True) as page:
        page.route("**/evil", lambda route: route.fulfill(body="<h1>evil</h1>", content_type="text/html"))
        page.goto(f"{fresh.url}/evil")

        read = page.evaluate(f"fetch('{world.url}/_emrsim/').then((a) => a.text()).catch(() => 'not read')")
        page.evaluate(f"{change}.catch(() => 'not sent')")

    assert read == "not read"
    assert not world.emulator.running.state.clusters[cluster_id].is_ending


def _pages(world: World) -> list[str]:
    cluster_id, step_id = world.broken_step()
    cluster = f"{BASE}clusters/{cluster_id}"
    own = ["clusters/new", "s3", "s3?uri=s3://lake/", "s3?uri=s3://lake/mapper.py", "requests", "requests/1"]
    return [
        "/_emrsim/",
        cluster,
        f"{cluster}/steps/{step_id}",
        f"{cluster}/steps/new",
        f"{cluster}/steps/new?kind=spark",
        f"{cluster}/logs/steps/{step_id}/syslog",
        *(f"{BASE}{one}" for one in (*own, "controls", "machine")),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(world: World, browsing: Browsing, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install -e '.[dev]'")
    found = []
    with browsing.page(color_scheme=scheme) as page:
        for path in _pages(world):
            page.goto(f"{world.url}{path}")
            results = axe.Axe().run(page)
            found += [
                (path, one["id"], [node["html"] for node in one["nodes"]][:3])
                for one in results.response["violations"]
                if one["impact"] in {"serious", "critical"}
            ]

    assert found == []


def test_no_page_is_wider_than_a_phone(world: World, browsing: Browsing) -> None:
    with browsing.page(viewport={"width": 375, "height": 700}) as page:
        for path in _pages(world):
            page.goto(f"{world.url}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
