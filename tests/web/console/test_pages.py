"""What the pages say, and who may ask for them; without a browser."""

from __future__ import annotations

import base64
import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from emrsim import Emulator
from tests.waiting import wait_until
from tests.web.console.world import BASE, World, command, seed, streaming


def test_browser_that_asks_for_the_address_is_sent_to_the_console(world: World) -> None:
    answer = world.get("/")

    assert answer.status == 302
    assert answer.headers["Location"] == "/_emrsim/"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Accept": "*/*"}),
        ("/", {"Accept": "application/xml"}),
        ("/?list-type=2", {"Accept": "text/html"}),
        ("/", {"Accept": "text/html", "Host": "bucket.localhost"}),
    ],
)
def test_s3_client_gets_the_answer_of_s3(world: World, path: str, headers: dict[str, str]) -> None:
    answer = world.ask("GET", path, headers=headers)

    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"] == "application/xml"


def test_front_page_of_the_control_interface_is_still_json_for_programs(world: World) -> None:
    answer = world.ask("GET", "/_emrsim/", headers={"Accept": "*/*"})

    assert answer.status == 404
    assert "error" in json.loads(answer.text)


def test_server_that_nobody_looks_at_does_not_load_the_console(tmp_path: Path) -> None:

    program = (
        "import sys, urllib.request; from emrsim import Emulator\n"
        "with Emulator() as e:\n"
        "    urllib.request.urlopen(e.url + '/_emrsim/health').read()\n"
        "    print(*[one for one in sys.modules if one.startswith(('emrsim.web.console.', 'jinja2'))])"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert ended.stdout.split() == []


def test_fresh_server_says_how_to_start_a_word_count(fresh: World) -> None:
    text = html.unescape(fresh.get("/_emrsim/").text)

    assert "aws emr create-cluster" in text
    assert f"AWS_ENDPOINT_URL={fresh.url}" in text


def test_failed_step_shows_its_reason_its_traceback_and_how_to_run_it_again(world: World) -> None:
    cluster_id, step_id = world.broken_step()

    text = html.unescape(world.get(f"{BASE}clusters/{cluster_id}/steps/{step_id}").text)

    assert re.search(r"Failed after .* subprocess failed with code 1: ValueError: invalid literal", text)
    assert "What the failed task wrote to stderr" in text
    assert "Traceback (most recent call last)" in text
    assert "emrsim streaming --keep-failed failed -files s3://lake/mapper.py -mapper mapper.py" in text
    assert re.search(r"failed/\*_m_00000\d_0/rerun --pdb", text)
    assert "Failed map tasks" in text
    assert "attempt 4" in text


def test_cluster_page_names_who_caused_what(world: World) -> None:
    world.get("/_emrsim/")  # somebody looks, so causes are kept from now on
    cluster_id = world.start(command("fine", "true"), Tags=[{"Key": "team", "Value": "data"}])
    world.emulator.wait(world.steps(cluster_id)["fine"])

    text = html.unescape(world.get(f"{BASE}clusters/{cluster_id}").text)

    assert "by RunJobFlow" in text
    assert "by a process" in text
    assert "team = data" in text


def test_durable_server_knows_the_causes_of_what_was_before_anybody_looked(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", data=tmp_path / "data", durable=True) as emulator:
        world = World(emulator)
        cluster_id = world.start(command("fine", "true"))
        emulator.wait(world.steps(cluster_id)["fine"])

        text = world.get(f"{BASE}clusters/{cluster_id}").text

    assert "by RunJobFlow" in text


def test_what_programs_print_is_escaped_everywhere(world: World) -> None:
    evil = "<script>alert(1)</script>"
    cluster_id = world.start(
        command(evil, "bash", "-c", f"echo '{evil}'; echo '{evil}' >&2; exit 3"),
    )
    step_id = world.steps(cluster_id)[evil]
    world.emulator.wait(step_id)
    pages = [
        "/_emrsim/",
        f"{BASE}clusters/{cluster_id}",
        f"{BASE}clusters/{cluster_id}/steps/{step_id}",
        f"{BASE}clusters/{cluster_id}/logs/steps/{step_id}/stdout",
        f"{BASE}requests",
        f"{BASE}clusters/{cluster_id}/steps/new?like={step_id}",
    ]

    for path in pages:
        text = world.get(path).text
        assert evil not in text
    assert html.escape(evil) in world.get(pages[3]).text


def test_colours_of_a_log_are_classes_and_other_sequences_are_left_out(world: World) -> None:
    cluster_id = world.start(
        command("colours", "printf", r"\033[1;32mgreen\033[0m plain\033]0;title\007\033[2K end\n")
    )
    step_id = world.steps(cluster_id)["colours"]
    world.emulator.wait(step_id)

    text = world.get(f"{BASE}clusters/{cluster_id}/logs/steps/{step_id}/stdout").text

    assert '<span class="bold ansi-2">green</span> plain end' in text


def test_of_a_long_log_only_the_end_is_sent_and_older_parts_on_demand(world: World) -> None:
    cluster_id = world.start(command("long", "seq", "1", "200000"))
    step_id = world.steps(cluster_id)["long"]
    world.emulator.wait(step_id)
    log = f"{BASE}clusters/{cluster_id}/logs/steps/{step_id}/stdout"

    step = world.get(f"{BASE}clusters/{cluster_id}/steps/{step_id}").text
    end = world.get(log).text
    older = re.search(r'href="\?end=(\d+)">Older', end)
    assert older is not None
    before = world.get(f"{log}?end={older[1]}").text

    assert len(step) < 60_000
    assert "\n200000\n" in step
    first = re.search(r'id="part">(\d+)\n', end)
    assert first is not None
    assert f"\n{int(first[1]) - 1}\n</pre>" in before
    assert world.get(f"{log}?raw").text.startswith("1\n2\n")


@pytest.mark.parametrize(
    "name", ["../../lock", "steps/s-X/../../../lock", "work/s-X/secret", "steps/s-1/other", "/etc/passwd"]
)
def test_only_logs_can_be_read_as_logs(world: World, name: str) -> None:
    cluster_id = world.start()

    assert world.get(f"{BASE}clusters/{cluster_id}/logs/{name}").status == 404


def test_link_that_a_step_put_among_its_logs_is_not_followed(world: World) -> None:
    cluster_id = world.start(command("link", "true"))
    step_id = world.steps(cluster_id)["link"]
    world.emulator.wait(step_id)
    log = world.emulator.running.settings.data / "clusters" / cluster_id / "steps" / step_id / "stdout"
    log.unlink()
    log.symlink_to("/etc/hostname")

    answer = world.get(f"{BASE}clusters/{cluster_id}/logs/steps/{step_id}/stdout")

    assert Path("/etc/hostname").read_text().strip() not in answer.text


@pytest.mark.parametrize(
    "path", [f"{BASE}clusters/j-NOTHING", f"{BASE}clusters/j-NOTHING/steps/s-1", f"{BASE}nothing"]
)
def test_page_of_nothing_says_so(world: World, path: str) -> None:
    answer = world.get(path)

    assert answer.status == 404
    assert "Not found" in answer.text or "Not Found" in answer.text


def test_lists_are_filtered_by_state_and_name_and_paged(fresh: World) -> None:
    seed(fresh, 60)
    fresh.start(name="alive")

    first = fresh.get("/_emrsim/").text
    third = fresh.get("/_emrsim/?page=3").text
    active = fresh.get("/_emrsim/?state=active").text
    named = fresh.get("/_emrsim/?name=SEEDED+17").text

    assert first.count("data-row") == 25
    assert third.count("data-row") == 11
    assert active.count("data-row") == 1
    assert named.count("data-row") == 1
    assert "seeded 17" in named


def test_page_that_has_not_changed_is_not_sent_again(world: World) -> None:
    cluster_id = world.start()
    path = f"{BASE}clusters/{cluster_id}"
    wait_until(lambda: "Waiting" in world.get(path).text, "a cluster that waits")
    tag = world.get(path).headers["ETag"]

    same = world.get(path, {"If-None-Match": tag})
    asked_again = world.get(path, {"If-None-Match": tag, "X-Emrsim-Poll": "1"})
    world.emr.add_tags(ResourceId=cluster_id, Tags=[{"Key": "a", "Value": "b"}])
    changed = world.get(path, {"If-None-Match": tag, "X-Emrsim-Poll": "1"})

    assert (same.status, same.body) == (304, b"")
    assert (asked_again.body, asked_again.headers["Connection"]) == (b"", None)
    assert changed.status == 200
    assert "a = b" in changed.text


def test_open_page_gets_what_a_running_step_prints(world: World) -> None:
    cluster_id = world.start(command("slow", "bash", "-c", "echo first; read -t 30 < <(sleep 30); true"))
    step_id = world.steps(cluster_id)["slow"]
    path = f"{BASE}clusters/{cluster_id}/steps/{step_id}"

    wait_until(lambda: "first" in world.get(path, {"X-Emrsim-Poll": "1"}).text, "what the step prints")
    world.emr.cancel_steps(
        ClusterId=cluster_id, StepIds=[step_id], StepCancellationOption="TERMINATE_PROCESS"
    )


def test_output_files_are_previewed(world: World) -> None:
    world.emulator.put("s3://shop/in.txt", "to be\nor not\n")
    cluster_id = world.start(streaming("copy", "cat", "s3://shop/copied", "s3://shop/in.txt"))
    step_id = world.steps(cluster_id)["copy"]
    assert world.emulator.wait(step_id) == "COMPLETED"

    text = world.get(f"{BASE}clusters/{cluster_id}/steps/{step_id}").text

    assert "part-00000" in text
    assert "or not" in text


class TestGuard:
    """Nobody but a page of this server changes anything, and nobody else reads."""

    def test_pages_have_a_strict_policy_and_nothing_inline(self, world: World) -> None:
        cluster_id, step_id = world.broken_step()
        for path in ("/_emrsim/", f"{BASE}clusters/{cluster_id}/steps/{step_id}", f"{BASE}controls"):
            answer = world.get(path)
            assert answer.headers["Content-Security-Policy"].startswith(
                "default-src 'none'; script-src 'self'"
            )
            assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "http://127.0.0.1:1"},
            {"Referer": "http://localhost:3000/page"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Host": "evil.example.com"},
        ],
    )
    def test_page_of_another_site_cannot_read(self, world: World, headers: dict[str, str]) -> None:
        assert world.get("/_emrsim/", headers).status == 403
        assert world.get(f"{BASE}requests", headers).status == 403

    @pytest.mark.parametrize("origin", [None, "null", "http://127.0.0.1:1", "http://evil.example.com"])
    def test_change_has_to_come_from_a_page_of_this_origin(self, world: World, origin: str | None) -> None:
        cluster_id = world.start()

        answer = world.post(f"{BASE}clusters/{cluster_id}/terminate", {}, origin=origin)

        assert answer.status == 403
        assert not world.emulator.running.state.clusters[cluster_id].is_ending

    def test_change_needs_the_token_of_the_page(self, world: World) -> None:
        cluster_id = world.start()

        answer = world.post(f"{BASE}clusters/{cluster_id}/terminate", {}, token="guessed")

        assert answer.status == 403
        assert not world.emulator.running.state.clusters[cluster_id].is_ending

    def test_get_changes_nothing(self, world: World) -> None:
        assert world.get(f"{BASE}controls/reset").status == 405

    def test_server_with_keys_asks_for_one(self, tmp_path: Path) -> None:
        with Emulator(tmp_path / "s3", data=tmp_path / "data", require_auth={"AKIA": "secret"}) as emulator:
            world = World(emulator)
            key = base64.b64encode(b"AKIA:secret").decode()
            refused = world.get("/_emrsim/")
            allowed = world.get("/_emrsim/", {"Authorization": f"Basic {key}"})

        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic")
        assert allowed.status == 200
