"""Programs that change settings of the machine: users, mounts, the kernel, what runs when.

What only says something is the machine's own program. What would change the machine is not done: where a job
can go on without it, that is said and is no error; where it cannot, it fails.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from emrsim.programs.machine.said import become_the_machines, not_done, of_the_machine, rejected

_MOUNT_FAILURE = 32  # source: mount(8), Exit status
_SYSCTL_SETS = re.compile(r"[\w.*/-]+\s*=.*", re.DOTALL)
_CRONTAB = "crontab"  # in the cluster's home, hidden


def mount(arguments: list[str]) -> int:
    """`mount`: without a device it lists what is mounted; nothing can be mounted."""
    options = {word for word in arguments if word.startswith("-")}
    if not [word for word in arguments if not word.startswith("-")] and options <= {"-l", "-v", "-h", "-V"}:
        return become_the_machines("mount", arguments)
    return rejected(
        f"mount {' '.join(arguments)}: a step cannot mount anything on this machine; "
        "/mnt and /home/hadoop are folders of the cluster's own",
        _MOUNT_FAILURE,
    )


def umount(arguments: list[str]) -> int:
    """`umount`: what is mounted on the machine stays."""
    return rejected(f"umount {' '.join(arguments)}: mounts of this machine stay", _MOUNT_FAILURE)


def make_file_system(arguments: list[str], name: str) -> int:
    """`mkfs`, `mkswap`, `fdisk`, `parted` and the like: disks of the machine are not written to."""
    return rejected(f"{name} {' '.join(arguments)}: disks of this machine are not the cluster's")


def swap(arguments: list[str], name: str) -> int:
    """`mkswap`, `swapon` and `swapoff`: the machine's memory stays as it is."""
    return not_done(f"{name} {' '.join(arguments)}: the swap space of this machine was not changed")


def users(arguments: list[str], name: str) -> int:
    """`useradd`, `usermod`, `groupadd`, `passwd` and the like: all programs of a cluster run as one user."""
    return not_done(
        f"{name} {' '.join(arguments)}: users of this machine were not changed; "
        "`sudo -u USER` runs as the user there is"
    )


def sysctl(arguments: list[str]) -> int:
    """`sysctl`: reading is the machine's own; settings of the kernel are not written."""
    writes = {"-w", "--write", "-p", "--load", "--system"}
    if any(word in writes or word.startswith("-p") or _SYSCTL_SETS.fullmatch(word) for word in arguments):
        return not_done(f"sysctl {' '.join(arguments)}: the kernel's settings were not changed")
    if of_the_machine("sysctl"):
        return become_the_machines("sysctl", arguments)
    return _show_settings(arguments)


def _show_settings(arguments: list[str]) -> int:
    """The kernel's settings of these names (source: proc(5), /proc/sys), where there is no sysctl."""
    code = 0
    for name in (word for word in arguments if not word.startswith("-")):
        try:
            value = Path("/proc/sys", name.replace(".", "/")).read_text().strip()
        except OSError as error:
            code = rejected(f"sysctl: {name}: {error.strerror}")
            continue
        print(value if "-n" in arguments else f"{name} = {value}")
    return code


def ldconfig(arguments: list[str]) -> int:
    """`ldconfig`: `-p` is the machine's own; LD_LIBRARY_PATH is what a step can set."""
    if {"-p", "--print-cache", "--version", "-V"} & set(arguments):
        return become_the_machines("ldconfig", arguments)
    return not_done("ldconfig: the machine's libraries were not changed; set LD_LIBRARY_PATH for your own")


def alternatives(arguments: list[str], name: str) -> int:
    """`alternatives` and `update-alternatives`: which Java or Python is the default is the release's."""
    if {"--display", "--query", "--list"} & set(arguments):
        return become_the_machines(name, arguments)
    return not_done(f"{name} {' '.join(arguments)}: the defaults of this machine were not changed")


def harmless(arguments: list[str], name: str) -> int:
    """Certificates, clock, host name, firewall, SELinux, kernel modules: said and not done."""
    return not_done(f"{name} {' '.join(arguments)}: nothing of this machine was changed")


def crontab(arguments: list[str]) -> int:
    """`crontab`: the table is kept for the cluster and shown again; nothing runs its commands."""
    words = list(arguments)
    if "-u" in words:
        place = words.index("-u")
        del words[place : place + 2]
    table = Path(os.environ.get("HOME", "."), f".{_CRONTAB}")
    if words == ["-l"]:
        return _show_crontab(table)
    if words[:1] == ["-r"]:
        table.unlink(missing_ok=True)
        return 0
    if words[:1] == ["-e"]:
        return rejected("crontab -e: there is no terminal here")
    try:
        text = Path(words[0]).read_text() if words and words != ["-"] else sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        return rejected(f"crontab: {error}")
    table.write_text(text)
    return not_done("crontab: the table is kept for this cluster, but emrsim does not run its commands")


def _show_crontab(table: Path) -> int:
    if not table.exists():
        print("no crontab for hadoop", file=sys.stderr)
        return 1
    print(table.read_text(), end="")
    return 0
