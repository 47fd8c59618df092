"""One table, and all entrances that have its options agree."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.options import OPTIONS, Entrance, options_of, settings_of
from emrsim.options.kinds import Number
from tests.cli.test_serve import refused, serving


def test_signature_of_emulator_has_the_options_with_their_defaults() -> None:
    parameters = inspect.signature(Emulator).parameters

    assert list(parameters) == ["root", *options_of(Entrance.EMULATOR)]
    assert parameters["first_step_seconds"].default == 5.0
    assert parameters["host"].default == "127.0.0.1"


@pytest.mark.parametrize("name", [name for name, one in OPTIONS.items() if isinstance(one.kind, Number)])
def test_bounds_agree_everywhere(name: str, tmp_path: Path, pytester: pytest.Pytester) -> None:
    option = OPTIONS[name]
    assert isinstance(option.kind, Number)
    above = int(option.kind.most) + 1
    said = f"{above} is out of range: expected {int(option.kind.least)} to {above - 1}"

    with pytest.raises(ValueError, match=f"^{name}: {said}$"):
        Emulator(tmp_path / "s3", **{name: above})
    flag = f"--{option.serve_name}"
    shown = said if option.kind.is_whole else said.replace(f"{above} is", f"{float(above)!r} is")
    assert f"{flag}: {shown}" in refused(flag, str(above), cwd=tmp_path)
    if Entrance.INI in option.entrances:
        pytester.makeini(f"[pytest]\n{option.ini_name} = {above}")
        ended = pytester.runpytest("-p", "no:cacheprovider")
        ended.stderr.fnmatch_lines([f"*{option.ini_name}: {shown}*"])


def test_emulator_listens_where_it_is_told_and_has_the_region(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", host="0.0.0.0", region="eu-west-1") as emulator:
        assert emulator.url == f"http://127.0.0.1:{emulator.port}"
        assert emulator.host == "127.0.0.1"
        assert emulator.running.settings.region == "eu-west-1"


def test_emulator_verifies_signatures_with_given_keys(tmp_path: Path) -> None:
    import boto3
    from botocore.exceptions import ClientError

    def client(secret: str) -> Any:
        return boto3.client(
            "emr",
            endpoint_url=emulator.url,
            region_name="us-east-1",
            aws_access_key_id="mine",
            aws_secret_access_key=secret,
        )

    with Emulator(tmp_path / "s3", require_auth={"mine": "secret"}) as emulator:
        assert client("secret").list_clusters()["Clusters"] == []
        with pytest.raises(ClientError):
            client("guess").list_clusters()


def test_paths_become_absolute_and_sizes_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hadoop").mkdir()
    emulator = Emulator("s3", hadoop="hadoop", cache="cache", data="data", step_memory_bytes="2g")

    with emulator:
        settings = emulator.running.settings

    assert settings.hadoop_home == tmp_path / "hadoop"
    assert settings.cache == tmp_path / "cache"
    assert settings.data == tmp_path / "data"
    assert settings.step_memory_bytes == 2 << 30


def test_every_setting_of_the_table_is_one_of_settings() -> None:
    settings = settings_of(Path("/s3"), {}, Entrance.EMULATOR)

    for option in OPTIONS.values():
        assert not option.setting or hasattr(settings, option.setting), option.name


def test_command_line_is_before_environment_before_file_before_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.emrsim]\nroot = "of-file"\nboot_seconds = 1\nport = 1\nseed = "seed.json"\nkeep = true\n'
    )
    (tmp_path / "seed.json").write_text('{"clusters": [{"name": "seeded", "state": "WAITING"}]}')
    monkeypatch.setenv("EMRSIM_SERVE_ROOT", "of-environment")
    monkeypatch.setenv("EMRSIM_SERVE_STRICT", "")  # sets nothing

    def root_of(*options: str) -> str:
        with serving(*options) as (process, _):  # which says --port 0
            assert process.stdout is not None
            return process.stdout.readline().strip().removeprefix("S3 is the directory ")

    assert root_of("--no-keep") == str(tmp_path / "of-environment")
    assert root_of("--root", "of-line") == str(tmp_path / "of-line")
    monkeypatch.delenv("EMRSIM_SERVE_ROOT")
    assert root_of() == str(tmp_path / "of-file")


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("EMRSIM_SERVE_SLOTS", "0", "EMRSIM_SERVE_SLOTS: 0 is out of range: expected 1 to 4096"),
        ("EMRSIM_SERVE_STRICT", "maybe", "EMRSIM_SERVE_STRICT: 'maybe' is not true or false"),
        ("EMRSIM_SERVE_CLOCK", "fast", "invalid EMRSIM_SERVE_CLOCK 'fast': use real, instant, manual or"),
        (
            "EMRSIM_SERVE_SLOT",
            "1",
            "unknown environment variable 'EMRSIM_SERVE_SLOT': did you mean 'EMRSIM_SERVE_SLOTS'?",
        ),
    ],
)
def test_wrong_variable_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    assert message in refused(cwd=tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slots = 0", "pyproject.toml: tool.emrsim.slots: 0 is out of range: expected 1 to 4096"),
        ('slots = "2"', "pyproject.toml: tool.emrsim.slots: '2' is not a whole number: expected 1 to 4096"),
        ('clock = "fast"', "invalid pyproject.toml: tool.emrsim.clock 'fast': use real, instant"),
        ("slot = 2", "pyproject.toml: tool.emrsim: unknown option 'slot': did you mean 'slots'?"),
        ("slots = ", "pyproject.toml: cannot be read:"),
    ],
)
def test_wrong_line_of_the_file_is_an_error_that_names_it(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.emrsim]\n{text}\n")

    assert message in refused(cwd=tmp_path)


def test_help_is_printed_whatever_the_file_says(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "pyproject.toml").write_text("[tool.emrsim]\nslots = 0\n")

    ended = subprocess.run(
        [sys.executable, "-m", "emrsim", "serve", "--help"], cwd=tmp_path, capture_output=True, check=False
    )

    assert ended.returncode == 0


def test_ini_file_has_lists_and_paths(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nemrsim_pass_env = HOME LC_ALL\nemrsim_seed = seeds/base.json")
    (pytester.mkdir("seeds") / "base.json").write_text('{"clusters": [{"name": "s", "state": "WAITING"}]}')
    pytester.makepyfile(
        """
        def test_options(emrsim, emr_client):
            assert emrsim.running.settings.pass_env == ("HOME", "LC_ALL")
            assert [one["Name"] for one in emr_client.list_clusters()["Clusters"]] == ["s"]
        """
    )

    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=1)
