"""The fixtures, the marker, the options and the report, in runs of pytest's own."""

from __future__ import annotations

from importlib import import_module

import pytest

# A run forgets what it has imported: what is imported here is there before, and no run has to read it again.
for module in (
    "emrsim.testing",
    "emrsim.web.emr",
    "emrsim.boto2",
    "boto.emr.connection",
    "boto.s3.connection",
    "boto3",
    "fake_s3.app",
):
    import_module(module)

QUICK = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")  # which loads much at the end of each run
CONNECTION = "import emrsim.boto2\n"


def run(pytester: pytest.Pytester, test: str, *arguments: str) -> pytest.RunResult:
    """A run of pytest over one file."""
    pytester.makepyfile(test)
    return pytester.runpytest(*QUICK, *arguments)


def test_emulator_of_a_test_is_fresh_and_its_own(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        import pytest

        ROOTS = set()

        @pytest.mark.parametrize("number", [1, 2])
        def test_one(emrsim, emr_client, number):
            assert emr_client.list_clusters()["Clusters"] == []
            assert list(emrsim.root.glob("[!.]*")) == []
            instances = {"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True}
            emr_client.run_job_flow(Name="a", Instances=instances)
            (emrsim.root / "bucket").mkdir()
            ROOTS.add(emrsim.root)

        def test_two():
            assert len(ROOTS) == 2
        """,
    )

    ended.assert_outcomes(passed=3)


def test_clients_of_all_kinds_reach_the_same_emulator(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        def test_clients(emrsim, emr_connection, emr_client, s3_client):
            made = emr_connection.run_jobflow("a", keep_alive=True)
            assert [one["Id"] for one in emr_client.list_clusters()["Clusters"]] == [made]
            emrsim.put("s3://bucket/key", "text")
            assert s3_client.get_object(Bucket="bucket", Key="key")["Body"].read() == b"text"
        """,
    )

    ended.assert_outcomes(passed=1)


def test_marker_sets_the_options_of_the_emulator_and_the_nearest_counts(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        import pytest

        pytestmark = pytest.mark.emrsim(boot_seconds=7200, strict=False)

        @pytest.mark.emrsim(strict=True)
        def test_both(emrsim):
            assert emrsim.running.settings.strict
            assert emrsim.running.settings.boot.total_seconds() == 7200
        """,
    )

    ended.assert_outcomes(passed=1)


def test_marker_names_what_is_in_the_s3_from_the_beginning(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("given") / "bucket").mkdir()
    (pytester.path / "given" / "bucket" / "in").write_text("text")
    ended = run(
        pytester,
        """
        import pytest
        from pathlib import Path

        @pytest.mark.emrsim(files="given")
        def test_copy(emrsim):
            assert emrsim.read("s3://bucket/in") == "text"
            emrsim.put("s3://bucket/out", "text")
            assert not Path("given/bucket/out").exists()

        @pytest.mark.emrsim(root="given")
        def test_itself(emrsim):
            emrsim.put("s3://bucket/out", "text")
            assert Path("given/bucket/out").exists()
            assert [path.name for path in Path("given").iterdir()] == ["bucket"]
        """,
    )

    ended.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        (
            "emrsim(bootseconds=1)",
            "*@pytest.mark.emrsim: unknown option 'bootseconds': did you mean 'boot_seconds'[?]*",
        ),
        ("emrsim(5)", "*@pytest.mark.emrsim: 5 is not a keyword: write NAME=VALUE*"),
    ],
)
def test_wrong_marker_is_an_error_that_says_so(pytester: pytest.Pytester, marker: str, message: str) -> None:
    ended = run(
        pytester,
        f"""
        import pytest

        @pytest.mark.{marker}
        def test_one(emrsim):
            pass
        """,
    )

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines([message])


def test_option_that_cannot_be_is_named_by_a_marker_too(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        import pytest

        @pytest.mark.emrsim(boot_seconds=-5)
        def test_one(emrsim):
            pass
        """,
    )

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["*ValueError: boot_seconds: -5 is out of range: expected 0 to 1000000000*"])


def test_ini_file_sets_options_for_all_tests_and_a_marker_overrides_them(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nemrsim_boot_seconds = 7200\nemrsim_slots = 3\nemrsim_strict = true")
    ended = run(
        pytester,
        """
        import pytest

        def settings_of(emulator):
            settings = emulator.running.settings
            return settings.boot.total_seconds(), settings.slots, settings.strict

        def test_ini(emrsim):
            assert settings_of(emrsim) == (7200, 3, True)

        @pytest.mark.emrsim(slots=1)
        def test_marker(emrsim):
            assert settings_of(emrsim) == (7200, 1, True)
        """,
    )

    ended.assert_outcomes(passed=2)


def test_conftest_sets_options_by_a_fixture_and_a_marker_overrides_them(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def emrsim_options():
            return {"clock": "manual", "slots": 3}
        """
    )
    ended = run(
        pytester,
        """
        import pytest

        @pytest.mark.emrsim(slots=1)
        def test_both(emrsim):
            assert (emrsim.clock.pace.name, emrsim.running.settings.slots) == ("manual", 1)
        """,
    )

    ended.assert_outcomes(passed=1)


def test_states_are_held_by_a_manual_clock_and_waiters_return_at_once(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        import pytest

        CLUSTER = {"Name": "a", "Instances": {"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True}}

        @pytest.mark.emrsim(clock="manual")
        def test_manual(emrsim, emr_client):
            made = emr_client.run_job_flow(**CLUSTER)["JobFlowId"]
            assert emrsim.wait(made, "STARTING") == "STARTING"
            emrsim.clock.advance("PT4M")
            assert emrsim.wait(made, "WAITING") == "WAITING"

        @pytest.mark.emrsim(boot_seconds=0.2)
        def test_waiter(emrsim, emr_client):
            made = emr_client.run_job_flow(**CLUSTER)["JobFlowId"]
            waiter = emr_client.get_waiter("cluster_running")
            waiter.wait(ClusterId=made, WaiterConfig={"MaxAttempts": 1})
        """,
    )

    ended.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("boot_seconds", "long", "emrsim_boot_seconds: 'long' is not a number: expected 0 to 1000000000"),
        ("boot_seconds", "-5", "emrsim_boot_seconds: -5.0 is out of range: expected 0 to 1000000000"),
        ("slots", "1.5", "emrsim_slots: '1.5' is not a whole number: expected 1 to 4096"),
        ("slots", "-3", "emrsim_slots: -3 is out of range: expected 1 to 4096"),
        ("strict", "maybe", "emrsim_strict: 'maybe' is not true or false"),
        ("clock", "quick", "invalid emrsim_clock 'quick': use real, instant, manual or a pace such as 60x"),
    ],
)
def test_wrong_option_is_an_error_that_names_it(
    pytester: pytest.Pytester, name: str, value: str, message: str
) -> None:
    pytester.makeini(f"[pytest]\nemrsim_{name} = {value}")
    ended = run(pytester, "def test_nothing(): pass")

    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines([f"*{message}*"])


def test_marker_and_fixtures_are_described(pytester: pytest.Pytester) -> None:
    pytester.runpytest(*QUICK, "--markers").stdout.fnmatch_lines(["@pytest.mark.emrsim(root=*clock=*"])
    fixtures = pytester.runpytest(*QUICK, "--fixtures")
    for name in ("emrsim", "emrsim_server", "emr_connection", "emr_client", "boto_config", "aws_env"):
        fixtures.stdout.fnmatch_lines([f"{name}*-- *"])


FAILING = """
    from boto.emr.step import StreamingStep

    def test_count(emrsim, emr_connection):
        emrsim.put("s3://bucket/in", "to be\\n")
        step = StreamingStep("the step", mapper="sh -c 'echo no luck here >&2; exit 1'", reducer="cat",
                             input="s3://bucket/in", output="s3://bucket/out")
        jobid = emr_connection.run_jobflow("the job flow", steps=[step])
        emrsim.wait(jobid)
        assert emr_connection.describe_jobflow(jobid).state == "COMPLETED"
    """


def test_failing_test_shows_clusters_steps_and_what_the_failed_one_wrote(pytester: pytest.Pytester) -> None:
    ended = run(pytester, CONNECTION + FAILING.replace("\n    ", "\n"))

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(
        [
            "*- clusters of emrsim -*",
            "j-* 'the job flow' is FAILED*",
            "*s-* 'the step' is FAILED",
            "*no luck here",
        ]
    )


def test_passing_test_shows_nothing(pytester: pytest.Pytester) -> None:
    passing = FAILING.replace("exit 1", "exit 0").replace("\n    ", "\n")
    ended = run(pytester, CONNECTION + passing, "-rA")

    ended.assert_outcomes(passed=1)
    ended.stdout.no_fnmatch_line("*clusters of emrsim*")


def test_code_under_test_finds_the_emulator_by_itself(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        import subprocess, sys
        import emrsim.boto2
        import boto, boto3

        def test_in_this_process(emrsim, aws_env):
            made = boto.connect_emr().run_jobflow("a", keep_alive=True)
            assert [one["Id"] for one in boto3.client("emr").list_clusters()["Clusters"]] == [made]
            boto.connect_s3().create_bucket("bucket").new_key("key").set_contents_from_string("text")
            assert emrsim.read("s3://bucket/key") == "text"
            assert boto3.client("s3").list_buckets()["Buckets"][0]["Name"] == "bucket"

        def test_in_a_child(emrsim, aws_env):
            program = "import emrsim.boto2, boto; print(boto.connect_emr().run_jobflow('a', keep_alive=True))"
            made = subprocess.check_output([sys.executable, "-W", "ignore", "-c", program], text=True).strip()
            assert emrsim.wait(made, "WAITING")
        """,
        "-W", "ignore",
    )  # fmt: skip

    ended.assert_outcomes(passed=2)


def test_fixtures_work_under_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_one(emrsim, number):
            result = emrsim.run_streaming(mapper="cat", reducer="uniq", input=f"{number}\\n")
            assert result.output.split() == [str(number)]
            assert len(emrsim.running.state.clusters) == 1
        """
    )

    ended = pytester.runpytest_subprocess(*QUICK, "-n", "2")

    ended.assert_outcomes(passed=8)


def test_emulator_of_the_session_is_one_and_new_to_each_test(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        import pytest

        PORTS = set()

        @pytest.mark.parametrize("number", [1, 2])
        def test_one(emrsim_server, emr_connection, s3_client, number):
            assert emr_connection.describe_jobflows() == []
            names = [one["Name"] for one in s3_client.list_buckets()["Buckets"]]
            assert names == ["elasticmapreduce"]
            assert [call.operation for call in emrsim_server.calls("ListBuckets")] == ["ListBuckets"]
            emrsim_server.put("s3://bucket/key", "text")
            emrsim_server.faults.add(fault="drop", service="s3")
            emr_connection.run_jobflow("a", keep_alive=True)
            PORTS.add(emrsim_server.port)

        def test_two():
            assert len(PORTS) == 1
        """,
    )

    ended.assert_outcomes(passed=3)


def test_failing_test_shows_the_clusters_of_the_session_too(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        def test_one(emrsim_server, emr_client):
            emr_client.run_job_flow(Name="mine", Instances={"InstanceCount": 1})
            assert False
        """,
    )

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["*- clusters of emrsim_server -*", "j-* 'mine' is *"])


def test_emulator_of_the_session_is_new_after_a_teardown_that_failed(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        import pytest

        @pytest.fixture
        def stumbling():
            yield
            raise RuntimeError("no luck")

        def test_one(emrsim_server, stumbling):
            emrsim_server.put("s3://bucket/key", "text")

        def test_two(emrsim_server):
            assert not (emrsim_server.root / "bucket").exists()
        """,
    )

    ended.assert_outcomes(passed=2, errors=1)


def test_emulator_of_the_session_is_new_after_a_test_that_asks_for_it_by_name(
    pytester: pytest.Pytester,
) -> None:
    ended = run(
        pytester,
        """
        def test_one(request):
            request.getfixturevalue("emrsim_server").put("s3://bucket/key", "text")

        def test_two(emrsim_server):
            assert not (emrsim_server.root / "bucket").exists()
        """,
    )

    ended.assert_outcomes(passed=2)


def test_rule_of_no_use_is_told_with_its_test_in_the_session_too(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        RULE = {"match": {"step": "none"}, "then": {"fail": {"exit_code": 1}}}

        def test_one(emrsim_server):
            emrsim_server.rules.add(RULE)

        def test_two(emrsim_server):
            assert emrsim_server.rules.all() == []
        """,
        "-W", "error",
    )  # fmt: skip

    ended.assert_outcomes(passed=2, errors=1)
    ended.stdout.fnmatch_lines(
        ["*ERROR at teardown of test_one*", "*UnusedRules: rules that matched nothing:*"]
    )


def test_bug_of_emrsim_fails_the_test_that_found_it_in_the_session_too(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        def test_one(emrsim_server):
            emrsim_server.running.bugs.record(ZeroDivisionError("a bug"))

        def test_two(emrsim_server):
            pass
        """,
    )

    ended.assert_outcomes(passed=2, errors=1)
    ended.stdout.fnmatch_lines(["*ERROR at teardown of test_one*", "*ZeroDivisionError: a bug*"])


def test_failing_test_shows_each_cluster_once(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        def test_own(emrsim, emr_client):
            emr_client.run_job_flow(Name="own", Instances={"InstanceCount": 1})
            assert False

        def test_of_the_session(emr_client, emrsim_server):
            emr_client.run_job_flow(Name="shared", Instances={"InstanceCount": 1})
            assert False
        """,
    )

    ended.assert_outcomes(failed=2)
    text = ended.stdout.str()
    assert text.count("- clusters of emrsim -") == text.count("- clusters of emrsim_server -") == 1
    assert text.count(" 'own' is ") == text.count(" 'shared' is ") == 1


def test_both_emulators_may_be_in_one_test(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        def test_both(emrsim, emrsim_server, emr_client):
            emr_client.run_job_flow(Name="mine", Instances={"InstanceCount": 1})
            assert len(emrsim.calls()) == 1
            assert emrsim_server.calls() == []
        """,
    )

    ended.assert_outcomes(passed=1)


def test_emulators_of_the_session_are_apart_under_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_one(emrsim_server, number):
            result = emrsim_server.run_streaming(mapper="cat", reducer="uniq", input=f"{number}\\n")
            assert result.output.split() == [str(number)]
            assert len(emrsim_server.running.state.clusters) == 1
        """
    )

    ended = pytester.runpytest_subprocess(*QUICK, "-n", "2")

    ended.assert_outcomes(passed=8)


def test_marker_brings_in_clusters(pytester: pytest.Pytester) -> None:
    (pytester.path / "seed.json").write_text('{"clusters": [{"name": "seeded", "state": "WAITING"}]}')
    ended = run(
        pytester,
        """
        import pytest

        @pytest.mark.emrsim(seed="seed.json")
        def test_file(emr_client):
            assert [one["Name"] for one in emr_client.list_clusters()["Clusters"]] == ["seeded"]

        @pytest.mark.emrsim(seed={"clusters": [{"name": "plain", "state": "WAITING"}]})
        def test_data(emr_client):
            assert [one["Name"] for one in emr_client.list_clusters()["Clusters"]] == ["plain"]
        """,
    )

    ended.assert_outcomes(passed=2)


def test_boto_2_can_be_imported_on_any_python(pytester: pytest.Pytester) -> None:
    """The finder of `emrsim.boto2` is there before a test module imports boto."""
    pytester.makepyfile(
        """
        import sys
        from boto.emr.step import StreamingStep

        def test_finder():
            assert any(type(one).__name__ == "_MovesFinder" for one in sys.meta_path)
            assert "emrsim.boto2" in sys.modules
        """
    )

    pytester.runpytest_subprocess(*QUICK, "-W", "ignore").assert_outcomes(passed=1)


def test_misuse_is_shown_at_the_line_of_the_test_alone(pytester: pytest.Pytester) -> None:
    ended = run(
        pytester,
        """
        from emrsim import Emulator

        def test_name(emrsim):
            emrsim.assert_not_called("RunJobFlw")

        def test_option():
            Emulator(slots=0)
        """,
    )

    ended.assert_outcomes(failed=2)
    text = ended.stdout.str()
    assert '>       emrsim.assert_not_called("RunJobFlw")' in text
    assert ">       Emulator(slots=0)" in text
    assert "helpers/" not in text
    assert "emulator.py" not in text
    assert "kinds.py" not in text
