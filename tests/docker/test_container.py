"""The image and the compose file, checked without a Docker engine.

The Dockerfile is read, not copied: its own COPY, `pip install` and self-check lines run in a clean virtual
environment, so that a file or a dependency that the image lacks, or a command that is gone, fails here.
What this cannot show: the JRE's installation, the volumes' owners, and the network between the services.
"""

from __future__ import annotations

import http.server
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
DOCKERFILE = PROJECT / "docker" / "Dockerfile"
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker" / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]

# RUN lines that prepare the operating system; all others run in the test's virtual environment.
SYSTEM_COMMANDS = {"if", "useradd"}


class Instruction(NamedTuple):
    """One instruction of the Dockerfile, its continued lines joined."""

    name: str
    text: str


def read_stages(dockerfile: str) -> dict[str, list[Instruction]]:
    """The instructions of each stage by its name, those of the stage it is built on first."""
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    stages: dict[str, list[Instruction]] = {}
    stage = ""
    for line in filter(None, joined.splitlines()):
        name, _, text = line.partition(" ")
        if name == "FROM":
            origin, _, stage = text.partition(" AS ")
            stages[stage] = list(stages.get(origin, []))
        else:
            stages[stage].append(Instruction(name, text.strip()))
    return stages


STAGES = read_stages(DOCKERFILE.read_text())


def texts(stage: str, name: str) -> list[str]:
    """What stands after each instruction called `name`."""
    return [instruction.text for instruction in STAGES[stage] if instruction.name == name]


def the_text(stage: str, name: str) -> str:
    """What stands after the last instruction called `name`, the one that counts."""
    return texts(stage, name)[-1]


def ships(path: str) -> bool:
    """Whether docker/Dockerfile.dockerignore lets `path` into the build: its last matching line decides."""
    rules = (PROJECT / "docker" / "Dockerfile.dockerignore").read_text().splitlines()
    shipped = True
    for rule in rules:
        if rule and not rule.startswith("#") and fnmatch(path, rule.removeprefix("!")):
            shipped = rule.startswith("!")
    return shipped


# --- The Dockerfile


def test_dockerfile_passes_hadolint() -> None:
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"

    done = subprocess.run([hadolint, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_server_is_the_stage_built_by_default() -> None:
    assert list(STAGES)[-1] == "server"


@pytest.mark.parametrize("stage", ["server", "tutorial"])
def test_image_does_not_run_as_root(stage: str) -> None:
    uid = the_text(stage, "USER")

    assert int(uid) > 0
    assert any(f"useradd --uid {uid} " in run for run in texts(stage, "RUN"))


def test_java_and_what_it_runs_are_installed_on_request_only() -> None:
    [java] = [run for run in texts("server", "RUN") if "jre-headless" in run]

    [classes] = [run for run in texts("server", "RUN") if "[jvm]" in run]

    assert texts("server", "ARG") == ["WITH_JRE=false"]
    assert classes.startswith('if [ "$WITH_JRE" = true ]; then')
    assert java.startswith('if [ "$WITH_JRE" = true ]; then')


def test_server_listens_inside_on_the_port_it_exposes() -> None:
    command = json.loads(the_text("server", "ENTRYPOINT"))

    options = dict(zip(command[2::2], command[3::2], strict=True))
    assert command[:2] == ["emrsim", "serve"]
    assert options == {"--host": "0.0.0.0", "--port": "4580", "--root": "/s3", "--data": "/data"}
    assert the_text("server", "EXPOSE") == options["--port"]
    assert json.loads(the_text("server", "VOLUME")) == [options["--root"], options["--data"]]


def test_copied_files_are_in_the_project_and_not_ignored() -> None:
    for copy in texts("base", "COPY"):
        for source in copy.split()[:-1]:
            assert (PROJECT / source).exists()
            assert ships(source)


@pytest.mark.parametrize("path", [".git", ".venv", "s3", "tests", "docker", "emrsim/api/__pycache__"])
def test_the_rest_of_the_project_stays_out_of_the_image(path: str) -> None:
    assert not ships(path)


# --- The health check


@contextmanager
def health_endpoint(status: int) -> Iterator[int]:
    """A server that answers /_emrsim/health with `status`, and its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/_emrsim/health" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def check_health(port: int) -> int:
    """The exit code of the image's health check, turned to `port`, with a useless proxy in its way."""
    _, _, command = the_text("server", "HEALTHCHECK").partition("CMD ")
    program, *arguments = json.loads(command.replace(":4580/", f":{port}/"))
    assert program == "python"
    environment = {**os.environ, "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, stderr=subprocess.DEVNULL, check=False
    ).returncode


def test_health_check_passes_on_a_healthy_answer() -> None:
    with health_endpoint(200) as port:
        assert check_health(port) == 0


def test_health_check_fails_on_an_error() -> None:
    with health_endpoint(503) as port:
        assert check_health(port) == 1


def test_health_check_fails_without_a_server() -> None:
    with health_endpoint(200) as port:
        pass

    assert check_health(port) == 1


# --- The compose file


def test_port_is_published_to_this_machine_only() -> None:
    [port] = SERVICES["emrsim"]["ports"]

    assert port == f"127.0.0.1:${{EMRSIM_PORT:-4580}}:{the_text('server', 'EXPOSE')}"
    assert "ports" not in SERVICES["tutorial"]


def test_root_and_data_are_mounted() -> None:
    mounts = [volume.rpartition(":") for volume in SERVICES["emrsim"]["volumes"]]

    assert [target for _, _, target in mounts] == json.loads(the_text("server", "VOLUME"))
    assert [source for source, _, _ in mounts] == ["${EMRSIM_S3:-s3}", "data"]
    assert set(COMPOSE["volumes"]) == {"s3", "data"}


@pytest.mark.parametrize("service", SERVICES)
def test_service_is_built_from_a_stage_of_the_dockerfile(service: str) -> None:
    build = SERVICES[service]["build"]
    context = PROJECT / "docker" / build["context"]

    assert context.resolve() == PROJECT
    assert context / build["dockerfile"] == context / "docker" / "Dockerfile"
    assert build["target"] in STAGES
    assert set(build.get("args", {})) <= {arg.partition("=")[0] for arg in texts(build["target"], "ARG")}


@pytest.mark.parametrize("service", SERVICES)
def test_service_gets_no_more_rights_than_the_image(service: str) -> None:
    settings = SERVICES[service]

    assert not {"user", "privileged", "cap_add", "network_mode", "pid"} & set(settings)
    assert settings["cap_drop"] == ["ALL"]
    assert settings["security_opt"] == ["no-new-privileges:true"]


def test_tutorial_waits_until_emrsim_is_healthy() -> None:
    assert SERVICES["tutorial"]["depends_on"] == {"emrsim": {"condition": "service_healthy"}}
    # The condition is the image's own health check: there is one, and the service leaves it alone.
    assert texts(SERVICES["emrsim"]["build"]["target"], "HEALTHCHECK")
    assert "healthcheck" not in SERVICES["emrsim"]


def test_tutorial_runs_in_its_profile_only_and_talks_to_emrsim() -> None:
    tutorial = SERVICES["tutorial"]
    command = [*json.loads(the_text("tutorial", "ENTRYPOINT")), *tutorial["command"]]

    assert tutorial["profiles"] == ["tutorial"]
    assert "profiles" not in SERVICES["emrsim"]
    assert command == ["emrsim", "demo", "--endpoint", "http://emrsim:4580"]


# --- The image's own lines, in a clean virtual environment


class Image:
    """A folder in the place of the image's root directory, with a virtual environment for its Python."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = root / "venv"
        venv.create(self.environment, with_pip=True)

    def copy(self, text: str) -> None:
        """Do what a COPY instruction does: files into a directory, or a directory's content into another."""
        *sources, target = text.split()
        for source in sources:
            if (PROJECT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(PROJECT / source, self.inside(target), ignore=ignored)
            else:
                assert target.endswith("/")
                Path(self.inside(target)).mkdir(parents=True, exist_ok=True)
                shutil.copy(PROJECT / source, self.inside(target))

    def run(self, command: str) -> None:
        """Run a RUN instruction, and fail with all that it wrote if it fails."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        variables["PATH"] = f"{self.environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["/bin/sh", "-c", self.inside(command)],
            cwd=self.root,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"RUN {command}\n{done.stdout}"

    def inside(self, text: str) -> str:
        """`text` with the image's /src turned into ours."""
        return re.sub(r"(?<![\w./-])/src\b", str(self.root / "src"), text)


@pytest.mark.network
@pytest.mark.parametrize("stage", ["server", "tutorial"])
def test_install_lines_and_self_check_work_in_a_clean_environment(stage: str, tmp_path: Path) -> None:
    image = Image(tmp_path)

    ran = []
    for name, text in STAGES[stage]:
        if name == "COPY":
            image.copy(text)
        elif name == "RUN" and shlex.split(text)[0] not in SYSTEM_COMMANDS:
            image.run(text)
            ran.append(shlex.split(text)[0])

    assert ran[0] == "pip"
    assert ran[-1] == "python"
    image.run("test -x venv/lib/python*/site-packages/emrsim/samples/*/samples/wordcount/wordSplitter.py")
