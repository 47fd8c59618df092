"""What the forms do; without a browser."""

from __future__ import annotations

import gzip
import html
import json
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.web.console.world import BASE, World, command, seed, streaming


def _created(world: World, fields: dict[str, str]) -> str:
    answer = world.post(f"{BASE}clusters", fields)
    assert answer.status == 303, html.unescape(answer.text)
    return str(answer.headers["Location"]).rpartition("/")[2]


def test_form_creates_the_cluster_that_it_describes(world: World) -> None:
    cluster_id = _created(
        world,
        {
            "name": "by form",
            "release": "emr-5.36.0",
            "instance_type": "m5.large",
            "count": "2",
            "keep_alive": "on",
            "concurrency": "2",
            "applications": "Spark, Hive",
            "tags": "team=data\nempty=",
            "configurations": '[{"Classification": "core-site", "Properties": {"a": "b"}}]',
        },
    )

    told = world.emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    assert told["Name"] == "by form"
    assert [one["Name"] for one in told["Applications"]] == ["Spark", "Hive"]
    assert told["Tags"] == [{"Key": "team", "Value": "data"}, {"Key": "empty", "Value": ""}]
    assert told["StepConcurrencyLevel"] == 2
    assert told["Configurations"][0]["Classification"] == "core-site"


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("release", "emr-99.0.0", "emr-99.0.0"),
        ("instance_type", "", "instancetype"),
        ("count", "0", "count"),
        ("configurations", "{", "Configurations: not JSON"),
        ("applications", "Sparc", "Sparc"),
    ],
)
def test_form_that_cannot_be_is_shown_again_with_the_reason(
    world: World, field: str, value: str, why: str
) -> None:
    fields = {"name": "kept", "release": "emr-5.36.0", "instance_type": "m5.large", "count": "1"}
    before = len(world.emulator.running.state.clusters)

    answer = world.post(f"{BASE}clusters", {**fields, field: value})

    assert answer.status == 400
    assert why.lower() in html.unescape(answer.text).lower()
    assert 'value="kept"' in answer.text
    assert len(world.emulator.running.state.clusters) == before


def test_clone_is_asked_for_as_the_original_was(world: World) -> None:
    original = world.start(command("fine", "true"), name="original", Tags=[{"Key": "a", "Value": "b"}])
    form = html.unescape(world.get(f"{BASE}clusters/new?like={original}").text)
    parameters = form.partition('name="json"')[2].partition(">")[2].partition("</textarea>")[0]

    clone = _created(world, {"name": "clone", "json": parameters})

    told = world.emr.describe_cluster(ClusterId=clone)["Cluster"]
    assert told["Name"] == "clone"
    assert told["Tags"] == [{"Key": "a", "Value": "b"}]
    assert list(world.steps(clone)) == ["fine"]


STEPS: list[tuple[dict[str, str], list[str]]] = [
    (
        {
            "kind": "streaming",
            "mapper": "cat",
            "reducer": "wc -l",
            "input": "s3://b/in",
            "output": "s3://b/o",
        },
        [
            "hadoop-streaming",
            "-mapper",
            "cat",
            "-reducer",
            "wc -l",
            "-input",
            "s3://b/in",
            "-output",
            "s3://b/o",
        ],
    ),
    (
        {"kind": "spark", "program": "s3://b/j.py", "options": "--conf 'a=b c'", "args": "one\ntwo words"},
        ["spark-submit", "--deploy-mode", "cluster", "--conf", "a=b c", "s3://b/j.py", "one", "two words"],
    ),
    (
        {"kind": "hive", "program": "s3://b/q.q", "args": "-d\nX=1"},
        ["hive-script", "--run-hive-script", "--args", "-f", "s3://b/q.q", "-d", "X=1"],
    ),
    ({"kind": "script", "program": "s3://b/run.sh", "args": "a"}, ["s3://b/run.sh", "a"]),
    ({"kind": "jar", "jar": "command-runner.jar", "args": "echo\n two"}, ["echo", " two"]),
]


@pytest.mark.parametrize(("fields", "args"), STEPS, ids=[fields["kind"] for fields, _ in STEPS])
def test_form_adds_the_step_that_it_describes(world: World, fields: dict[str, str], args: list[str]) -> None:
    cluster_id = world.start()

    answer = world.post(
        f"{BASE}clusters/{cluster_id}/steps", {"name": "by form", "action": "CONTINUE", **fields}
    )

    assert answer.status == 303, html.unescape(answer.text)
    step_id = answer.headers["Location"].rpartition("/")[2]
    told = world.emr.describe_step(ClusterId=cluster_id, StepId=step_id)["Step"]
    assert told["Config"]["Args"] == args
    assert told["Name"] == "by form"


def test_step_of_an_unknown_kind_is_rejected(world: World) -> None:
    answer = world.post(f"{BASE}clusters/{world.start()}/steps", {"kind": "magic"})

    assert answer.status == 400
    assert "expected one of streaming" in html.unescape(answer.text)


@pytest.mark.parametrize(
    "step",
    [
        streaming("simple", "cat", "s3://b/out"),
        command("words", "bash", "-c", "echo a b; echo '  c'"),
        command("odd", "hadoop-streaming", "-mapper", "a\nb", "-input", "s3://b/i", "-output", "s3://b/o"),
        command("unpaired", "hadoop-streaming", "-output", "s3://b/o", "-mapper"),
    ],
    ids=lambda step: step["Name"],
)
def test_step_that_is_run_again_unchanged_has_the_same_arguments(world: World, step: dict[str, Any]) -> None:
    """In whatever order: Hadoop's options have none."""
    cluster_id = world.start(step)
    form = world.get(
        f"{BASE}clusters/{cluster_id}/steps/new?like={world.steps(cluster_id)[step['Name']]}"
    ).text

    answer = world.post(f"{BASE}clusters/{cluster_id}/steps", _fields(form))

    assert answer.status == 303
    new_id = answer.headers["Location"].rpartition("/")[2]
    told = world.emr.describe_step(ClusterId=cluster_id, StepId=new_id)["Step"]
    given = step["HadoopJarStep"]["Args"]
    kept = [one for word in given for one in word.split("\n")] if step["Name"] == "odd" else given
    assert sorted(told["Config"]["Args"]) == sorted(kept)


def _fields(form: str) -> dict[str, str]:
    """The fields of the form on a page, as a browser would send them unchanged."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.fields: dict[str, str] = {}
            self.area = self.select = ""

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found = dict(attributes)
            if tag == "input" and found.get("name") and found.get("type") != "checkbox":
                self.fields[str(found["name"])] = found.get("value") or ""
            elif tag == "textarea":
                self.area = str(found["name"])
            elif tag == "select":
                self.select = str(found["name"])
            elif tag == "option" and "selected" in found:
                self.fields[self.select] = str(found["value"])

        def handle_data(self, data: str) -> None:
            if self.area:
                self.fields[self.area] = self.fields.get(self.area, "") + data

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""

    reader = Reader()
    reader.feed(form.partition('<form method="post"')[2].join(['<form method="post"', ""]))
    return {name: value for name, value in reader.fields.items() if name != "token"}


def test_actions_are_in_the_journal_as_calls_of_the_console(world: World) -> None:
    cluster_id = world.start()

    world.post(f"{BASE}clusters/{cluster_id}/terminate", {})

    call = world.emulator.calls("TerminateJobFlows")[-1]
    assert call.parameters == {"JobFlowIds": [cluster_id]}
    assert call.client == "emrsim console"
    assert world.emulator.wait(cluster_id) == "TERMINATED"


def test_protected_cluster_is_terminated_when_a_person_says_so(world: World) -> None:
    cluster_id = world.start()
    world.emr.set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=True)

    world.post(f"{BASE}clusters/{cluster_id}/terminate", {})

    assert world.emulator.wait(cluster_id) == "TERMINATED"


def test_running_step_is_cancelled(world: World) -> None:
    cluster_id = world.start(command("endless", "sleep", "600"))
    step_id = world.steps(cluster_id)["endless"]
    world.emulator.wait(step_id, "RUNNING")

    answer = world.post(f"{BASE}clusters/{cluster_id}/steps/{step_id}/cancel", {})

    assert answer.status == 303
    assert world.emulator.wait(step_id) == "CANCELLED"


class TestS3:
    def test_folders_are_listed_with_sizes(self, world: World) -> None:
        world.emulator.put("s3://shelf/books/one.txt", "12345")

        assert "shelf" in world.get(f"{BASE}s3").text
        assert "books/" in world.get(f"{BASE}s3?uri=s3://shelf/").text
        assert "5 bytes" in world.get(f"{BASE}s3?uri=s3://shelf/books/").text

    def test_text_is_shown_decompressed_and_escaped(self, world: World) -> None:
        world.emulator.put("s3://shelf/page.html.gz", gzip.compress(b"<b>bold</b>\n" * 3))

        text = world.get(f"{BASE}s3?uri=s3://shelf/page.html.gz").text

        assert "&lt;b&gt;bold&lt;/b&gt;" in text

    def test_file_that_grows_beyond_bounds_when_decompressed_is_cut(self, world: World) -> None:
        world.emulator.put("s3://shelf/bomb.gz", gzip.compress(b"0" * (64 << 20)))

        assert len(world.get(f"{BASE}s3?uri=s3://shelf/bomb.gz").text) < 40_000

    def test_what_is_no_text_is_not_shown(self, world: World) -> None:
        world.emulator.put("s3://shelf/binary", bytes(range(256)) * 10)

        assert "It is no text" in world.get(f"{BASE}s3?uri=s3://shelf/binary").text

    def test_damaged_file_says_so(self, world: World) -> None:
        world.emulator.put("s3://shelf/damaged.gz", b"no gzip at all")

        assert "It cannot be read" in world.get(f"{BASE}s3?uri=s3://shelf/damaged.gz").text

    @pytest.mark.parametrize("name", ["page.html", "picture.svg", "picture.png"])
    def test_content_of_a_file_is_nobodys_page(self, world: World, name: str) -> None:
        world.emulator.put(f"s3://shelf/{name}", "<script>alert(1)</script>")

        answer = world.get(f"{BASE}s3/file?uri=s3://shelf/{name}&look")

        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        shown = "Content-Disposition" not in answer.headers
        assert shown == (name == "picture.png")

    @pytest.mark.parametrize(
        "uri",
        [
            "s3://shelf/../../etc/passwd",
            "/etc/passwd",
            "file:///etc/passwd",
            "s3://.emrsim/lock",
            "hdfs:///x",
        ],
    )
    def test_nothing_but_s3_is_read(self, world: World, uri: str) -> None:
        world.emulator.put("s3://shelf/x", "x")

        assert world.get(f"{BASE}s3?uri={uri}").status in {400, 404}
        assert world.get(f"{BASE}s3/file?uri={uri}").status in {400, 404}

    def test_uploaded_file_is_an_object_at_once(self, world: World) -> None:
        world.emulator.put("s3://shelf/x", "x")
        boundary = "----b"
        parts = {"token": world.token(), "uri": "s3://shelf/new folder/"}
        body = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        ) + (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="../../a.txt"\r\n'
            f"Content-Type: text/plain\r\n\r\nhello\r\n--{boundary}--\r\n"
        )
        connection = HTTPConnection("127.0.0.1", world.emulator.port)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Origin": world.url}
        connection.request("POST", f"{BASE}s3/upload", body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()

        assert answer.status == 303
        assert world.emulator.read("s3://shelf/new folder/a.txt") == "hello"

    def test_object_is_deleted(self, world: World) -> None:
        path = world.emulator.put("s3://shelf/gone", "x")

        assert world.post(f"{BASE}s3/delete", {"uri": "s3://shelf/gone"}).status == 303
        assert not path.exists()

    def test_built_in_bucket_can_be_read_and_not_changed(self, world: World) -> None:
        uri = "s3://elasticmapreduce/samples/wordcount/wordSplitter.py"

        assert "import" in world.get(f"{BASE}s3?uri={uri}").text
        assert world.post(f"{BASE}s3/delete", {"uri": uri}).status == 400

    def test_hdfs_of_a_living_cluster_is_listed(self, world: World) -> None:
        cluster_id = world.start(
            command("put", "bash", "-c", "echo in hdfs | hadoop fs -put - /tmp/file.txt")
        )
        world.emulator.wait(world.steps(cluster_id)["put"])

        assert cluster_id in world.get(f"{BASE}s3").text
        assert "in hdfs" in world.get(f"{BASE}s3?uri=hdfs:///tmp/file.txt&cluster={cluster_id}").text


class TestRequests:
    def test_errors_stand_out_and_can_be_chosen(self, fresh: World) -> None:
        fresh.emr.list_clusters()
        with pytest.raises(fresh.emr.exceptions.ClientError):
            fresh.emr.describe_cluster(ClusterId="j-NOTHING")

        everything = fresh.get(f"{BASE}requests").text
        errors = fresh.get(f"{BASE}requests?errors=on").text

        assert everything.count("data-row") == 2
        assert errors.count("data-row") == 1
        assert "InvalidRequestException" in errors

    def test_request_is_shown_with_its_parameters_and_as_code(self, fresh: World) -> None:
        cluster_id = fresh.start(name="copied")

        text = html.unescape(fresh.get(f"{BASE}requests/1").text)

        assert "boto3.client('emr').run_job_flow(" in text
        assert "aws emr create-cluster --name copied" in text
        assert cluster_id in text

    def test_older_requests_are_on_further_pages(self, fresh: World) -> None:
        for _ in range(60):
            fresh.emr.list_clusters()

        first = fresh.get(f"{BASE}requests").text
        second = fresh.get(f"{BASE}requests?before=11").text

        assert first.count("data-row") == 50
        assert second.count("data-row") == 10


class TestControls:
    def test_rule_from_an_example_makes_the_next_step_fail(self, fresh: World) -> None:
        rule = {"match": {"step": "doomed"}, "then": {"fail": {"exit_code": 3, "stderr": "disk full"}}}

        assert fresh.post(f"{BASE}controls/rules", {"json": json.dumps(rule)}).status == 303
        cluster_id = fresh.start(command("doomed", "true"))

        assert fresh.emulator.wait(fresh.steps(cluster_id)["doomed"]) == "FAILED"
        assert "used 1 times" in fresh.get(f"{BASE}controls").text

    def test_every_example_is_accepted(self, fresh: World) -> None:
        from emrsim.web.console.pages import controls

        for name, examples in (("rules", controls._RULES), ("faults", controls._FAULTS)):
            for example in examples.values():
                answer = fresh.post(f"{BASE}controls/{name}", {"json": json.dumps(example)})
                assert answer.status == 303, html.unescape(answer.text)
                (one,) = fresh.control(name)[name]
                assert fresh.post(f"{BASE}controls/{name}/{one['id']}/delete", {}).status == 303
            assert fresh.control(name)[name] == []
        assert fresh.post(f"{BASE}controls/seed", {"json": json.dumps(controls._SEED)}).status == 303

    def test_hanging_step_is_released(self, fresh: World) -> None:
        rule = fresh.emulator.rules.add({"match": {"step": "held"}, "then": {"hang": True}})
        cluster_id = fresh.start(command("held", "true"))
        step_id = fresh.steps(cluster_id)["held"]
        fresh.emulator.wait(step_id, "RUNNING")
        assert "Held up" in fresh.get(f"{BASE}clusters/{cluster_id}/steps/{step_id}").text

        fresh.post(f"{BASE}controls/rules/{rule}/release", {})

        assert fresh.emulator.wait(step_id) == "COMPLETED"

    @pytest.mark.parametrize(
        ("path", "fields", "why"),
        [
            ("rules", {"json": "{"}, "The rule: not JSON"),
            ("rules", {"json": '{"then": {"explode": true}}'}, "explode"),
            ("faults", {"json": '{"fault": "throtle"}'}, "did you mean 'throttling'"),
            ("clock", {"mode": "backwards"}, "backwards"),
            ("clock", {"advance": "-5"}, "cannot be moved backwards"),
            ("seed", {"json": '{"clusters": [{"state": "ASLEEP"}]}'}, "ASLEEP"),
        ],
    )
    def test_what_cannot_be_is_rejected_with_the_reason(
        self, world: World, path: str, fields: dict[str, str], why: str
    ) -> None:
        answer = world.post(f"{BASE}controls/{path}", fields)

        assert answer.status == 400
        assert why in html.unescape(answer.text)

    def test_clock_is_set_and_moved(self, fresh: World) -> None:
        fresh.post(f"{BASE}controls/clock", {"mode": "manual"})
        before = fresh.emulator.clock.now()
        fresh.post(f"{BASE}controls/clock", {"mode": "manual", "advance": "PT2M"})

        assert (fresh.emulator.clock.now() - before).total_seconds() == 120

    def test_reset_begins_anew(self, fresh: World) -> None:
        seed(fresh, 3)

        assert fresh.post(f"{BASE}controls/reset", {}).status == 303
        assert "No cluster yet" in fresh.get("/_emrsim/").text


def test_machine_page_says_what_runs_here_and_where_things_are(world: World) -> None:
    text = html.unescape(world.get(f"{BASE}machine").text)

    assert "Hadoop streaming" in text
    assert str(world.emulator.running.settings.root) in text
    assert "in use" in text
