"""What a job does to its master it does to the cluster: the machine stays as it is, whoever runs emrsim."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.programs.view import mounts
from emrsim.programs.view.places import MASKED
from emrsim.programs.view.rights import MACHINE_WIDE
from tests.service.test_steps_on_the_master import Run, bootstrap, command, kernel_shows_folders, put
from tests.support.calls import Caller
from tests.waiting import wait_until

needs_view = pytest.mark.skipif(
    not kernel_shows_folders(), reason="no mount namespaces here: run as root, or on another machine"
)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root could harm the machine: run as root")


@pytest.mark.parametrize(
    "words",
    [
        ("sudo", "shutdown", "-h", "now"),
        ("halt",),
        ("sudo", "poweroff", "-f"),
        ("sudo", "-n", "reboot"),
        ("sudo", "init", "0"),
        ("systemctl", "poweroff"),
        ("bash", "-c", "sudo /sbin/shutdown -h now; sleep 100"),
        ("sudo", "/usr/sbin/reboot"),
    ],
)
def test_a_master_that_is_powered_off_takes_its_cluster_with_it(
    emrsim: Emulator, words: tuple[str, ...]
) -> None:
    if words[0] == "bash" and not kernel_shows_folders():
        pytest.skip("a path inside a script is covered where there are mounts only: run as root")

    run = Run(emrsim, command(*words), command("true"), ReleaseLabel="emr-6.15.0")
    wait_until(lambda: run.cluster.ended_at is not None)

    assert run.cluster.state.value == "FAILED"
    assert run.cluster.reason.message == "The master node was terminated"
    assert run.state == "CANCELLED"


def test_a_bootstrap_action_that_powers_the_master_off_fails_the_cluster(emrsim: Emulator) -> None:
    action = put(emrsim, "off.sh", "#!/bin/bash\nsudo shutdown -h now\nsleep 100\n")

    run = Run(emrsim, command("true"), BootstrapActions=[bootstrap(action)])
    wait_until(lambda: run.cluster.ended_at is not None)

    assert run.cluster.reason.message == "The master node was terminated"


def test_a_daemon_of_a_bootstrap_action_ends_its_cluster(emrsim: Emulator) -> None:
    """As mrjob's idle script does, which goes on when the action has ended."""
    daemon = "(until [ -e ~/idle ]; do sleep 0.05; done; sudo shutdown -h now) > /dev/null 2>&1 &\n"
    action = put(emrsim, "idle.sh", f"#!/bin/bash\nsetsid bash -c '{daemon.strip()}'\n")
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(BootstrapActions=[bootstrap(action)])
    cluster = emrsim.running.state.clusters[cluster_id]
    wait_until(lambda: cluster.state.value == "WAITING")

    (emrsim.data / "clusters" / cluster_id / "home" / "idle").touch()

    wait_until(lambda: cluster.ended_at is not None)
    assert cluster.reason.message == "The master node was terminated"


def test_a_shutdown_waits_for_its_time_and_can_be_cancelled(tmp_path: Path) -> None:
    no_waits = {"first_step_seconds": 0, "boot_seconds": 0, "step_seconds": 0, "shutdown_seconds": 0}
    with Emulator(tmp_path / "s3", clock="manual", **no_waits) as emulator:
        cancelled = Run(emulator, command("sh", "-c", "shutdown -h +10 && shutdown -c"))
        waiting = Run(emulator, command("shutdown", "-h", "+10"))
        assert waiting.state == "COMPLETED", waiting.wrote("stderr")

        emulator.clock.advance("PT9M")
        assert waiting.cluster.state.value == "WAITING"
        emulator.clock.advance("PT2M")

        wait_until(lambda: waiting.cluster.ended_at is not None)
        assert cancelled.cluster.state.value == "WAITING"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shutdown", "-h", "tomorrow"), "invalid time 'tomorrow'"),
        (("sudo", "mount", "/dev/xvdb", "/data"), "a step cannot mount anything"),
        (("sudo", "umount", "/home"), "mounts of this machine stay"),
        (("sudo", "mkfs", "-t", "xfs", "/dev/nvme1n1"), "disks of this machine are not the cluster's"),
        (("mkfs.ext4", "/dev/xvdc"), "disks of this machine are not the cluster's"),
        (("sudo", "systemctl", "start", "no-such-daemon"), "emrsim starts no services"),
        (("sudo", "service", "no-such-daemon", "restart"), "emrsim starts no services"),
        (("sudo", "yum", "install", "-y", "no-such-package-1.0.x86_64"), "lacks no-such-package-1.0.x86_64"),
        (("sudo", "dnf", "-y", "install", "git", "no-such-module"), "lacks no-such-module"),
        (("sudo", "amazon-linux-extras", "install", "-y", "no-such-topic"), "lacks no-such-topic"),
        (("sudo", "apt-get", "install", "-y", "no-such-package"), "lacks no-such-package"),
        (("sudo", "rpm", "-ivh", "https://x.example/no-such-1.2-3.noarch.rpm"), "lacks https://x.example"),
    ],
)
def test_what_a_job_cannot_go_on_without_fails_with_the_reason(
    emrsim: Emulator, words: tuple[str, ...], said: str
) -> None:
    run = Run(emrsim, command(*words), ReleaseLabel="emr-5.36.0")

    assert run.state == "FAILED"
    assert run.step.failure is not None
    assert said in run.step.failure.message
    assert said in run.wrote("stderr")


@pytest.mark.parametrize(
    "line",
    [
        "sudo yum update -y",
        "sudo yum -y install epel-release python3-pip && sudo yum clean all",
        "sudo dnf install -y coreutils which 'grep-3.4' sed",
        "sudo apt-get update && sudo apt-get -y install coreutils",
        "sudo systemctl restart hadoop-yarn-resourcemanager.service",
        "sudo systemctl daemon-reload && sudo systemctl enable spark-history-server",
        "sudo stop hadoop-yarn-nodemanager; sudo start hadoop-yarn-nodemanager",
        "sudo service hive-server2 status",
        "sudo useradd -m zeppelin && sudo usermod -aG hadoop zeppelin && sudo -u zeppelin true",
        "sudo sysctl -w vm.swappiness=1 && sysctl -n kernel.ostype",
        "sudo ldconfig && sudo alternatives --set java /usr/lib/jvm/java-11/bin/java",
        "echo '* * * * * true' | crontab - && crontab -l | grep true",
        "sudo su - hadoop -c 'true && true' && sudo runuser -u hadoop -- true",
        "sudo chown -R hadoop:hadoop $HOME && sudo chown hadoop $HOME",
        "sudo -H -u hadoop bash -c true && sudo -nu hadoop true && sudo --user hadoop true",
    ],
)
def test_what_is_the_machines_is_harmless_and_the_job_goes_on(emrsim: Emulator, line: str) -> None:
    run = Run(emrsim, command("bash", "-e", "-c", line), ReleaseLabel="emr-5.36.0")

    assert run.state == "COMPLETED", run.wrote("stderr")


@needs_root
def test_steps_of_root_have_no_rights_on_the_machine_as_a_whole(emrsim: Emulator) -> None:
    run = Run(emrsim, command("cat", "/proc/self/status"))

    status = dict(line.split(":\t", 1) for line in run.wrote().splitlines() if ":\t" in line)
    for name in ("CapEff", "CapPrm", "CapBnd"):
        held = int(status[name], 16)
        assert not [right for right, number in MACHINE_WIDE.items() if held >> number & 1]
    assert status["NoNewPrivs"] == "1"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no_new_privs is Linux's")
def test_no_program_of_a_step_gets_more_rights(emrsim: Emulator) -> None:
    run = Run(emrsim, command("sh", "-c", "grep NoNewPrivs /proc/self/status; env | grep SYSTEM_BUS"))

    assert run.wrote().split()[:2] == ["NoNewPrivs:", "1"]
    assert "no-system-bus" in run.wrote()


@needs_root
@needs_view
def test_what_root_writes_to_the_system_is_the_clusters(emrsim: Emulator) -> None:
    folders = ["/usr/lib", "/usr/local/bin", "/etc", "/opt/of-a-job", "/var/of-a-job"]
    folders += ["/var/lib", "/var/spool", "/var/cache", "/boot", "/srv", "/lib"]
    script = "; ".join(f"sudo mkdir -p {folder}; sudo touch {folder}/of-a-job" for folder in folders)
    seen = "ls " + " ".join(f"{folder}/of-a-job" for folder in folders)

    run = Run(
        emrsim,
        command("bash", "-e", "-c", seen),
        BootstrapActions=[
            bootstrap(
                put(emrsim, "write.sh", f"#!/bin/bash\n{script}\necho 9 > /proc/sys/vm/swappiness || true\n")
            )
        ],
    )

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert not [folder for folder in folders if Path(folder, "of-a-job").exists()]


@pytest.mark.skipif(shutil.which("pgrep") is None, reason="no pgrep: install procps")
@pytest.mark.parametrize(
    "words", ["pkill -x -f 'sleep {}'", "sudo pkill -9 -x -f 'sleep {}'", "killall sleep"]
)
def test_only_processes_of_the_cluster_can_be_killed_by_name(emrsim: Emulator, words: str) -> None:
    seconds = f"300.{os.getpid()}"
    with subprocess.Popen(["sleep", seconds]) as of_the_machine:
        run = Run(
            emrsim,
            command("bash", "-c", f"sleep {seconds} & {words.format(seconds)}; wait $!; test $? -gt 128"),
        )
        alive = of_the_machine.poll() is None
        of_the_machine.kill()

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert alive
    assert "are not the cluster's, and stay" in run.wrote("stderr")


@pytest.mark.parametrize(
    "words",
    [
        "sudo kill -9 {}",
        "echo {} | xargs kill",
        "env kill -s TERM {}",
        "sudo kill -KILL -- -{}",
        pytest.param("/bin/kill {}", marks=needs_view),
    ],
)
def test_the_program_kill_reaches_the_clusters_processes_only(emrsim: Emulator, words: str) -> None:
    with subprocess.Popen(["sleep", "300"], process_group=0) as of_the_machine:
        not_own = words.format(of_the_machine.pid)
        own = f"set -m; sleep 300 & {words.format('$!')}; wait $!; test $? -gt 128"
        run = Run(emrsim, command("bash", "-c", f"{not_own} && exit 3; {own}"))
        alive = of_the_machine.poll() is None
        of_the_machine.kill()

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert alive
    assert "processes of this machine are not the cluster's, and stay" in run.wrote("stderr")


@pytest.mark.parametrize("words", ["fuser -k /tmp", "sudo fuser -vk 8080/tcp", "killall5 -9", "skill -9 x"])
def test_what_would_end_any_process_fails_and_names_pkill(emrsim: Emulator, words: str) -> None:
    run = Run(emrsim, command(*words.split()))

    assert run.state == "FAILED"
    assert "use pkill" in run.wrote("stderr")


@needs_view
def test_sockets_that_control_the_machine_are_out_of_reach(
    emrsim: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is to be short
    monkeypatch.setattr(mounts, "MASKED", (*MASKED, f"{tmp_path}/docker.sock"))
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.bind("docker.sock")
        run = Run(emrsim, command("bash", "-c", f"ls {tmp_path}; test ! -S {tmp_path}/docker.sock"))

    assert "/run/docker.sock" in MASKED
    assert run.state == "COMPLETED"
    assert "docker.sock" in run.wrote()


@pytest.mark.skipif(shutil.which("pgrep") is None, reason="no pgrep: install procps")
def test_processes_that_are_not_there_cannot_be_killed(emrsim: Emulator) -> None:
    codes = "pkill no-such-thing; echo $?; killall -q no-such-thing; echo $?; pkill -NOSIG x; echo $?"

    assert Run(emrsim, command("bash", "-c", codes)).wrote().split() == ["1", "1", "1"]


@needs_root
@needs_view
def test_disks_of_the_machine_are_out_of_reach(emrsim: Emulator) -> None:
    run = Run(emrsim, command("bash", "-c", "for f in /dev/*; do test ! -b $f || echo $f; done"))

    assert run.wrote() == ""


@needs_view
@pytest.mark.parametrize("line", ["bash -lc 'hadoop version'", "env -i /usr/bin/hadoop version"])
def test_programs_are_found_without_the_clusters_path(emrsim: Emulator, line: str) -> None:
    run = Run(emrsim, command("bash", "-c", line), ReleaseLabel="emr-5.36.0")

    assert "not found" not in run.wrote("stderr")
    assert "Permission denied" not in run.wrote("stderr")


def test_shutdown_of_a_program_that_is_of_no_cluster_shuts_nothing_down() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "AWS_ENDPOINT_URL"}

    ended = subprocess.run(
        [sys.executable, "-m", "emrsim", "shutdown", "-h", "now"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "nothing was shut down" in ended.stderr


def test_missing_packages_can_be_let_pass(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", first_step_seconds=0, missing_packages="ignore") as emulator:
        run = Run(emulator, command("sudo", "yum", "install", "-y", "no-such-package"))

    assert run.state == "COMPLETED"
    assert "lacks no-such-package; going on, as --missing-packages ignore says" in run.wrote("stderr")
