"""`yum`, `dnf`, `amazon-linux-extras`, `apt-get`, `rpm`: nothing is installed on the machine.

They succeed if the machine already has what every named package brings: its commands, its Python module or
its library. Else they fail and name what is missing, unless the emulator is told to let that pass.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec

from emrsim.programs.machine.said import not_done, of_the_machine, rejected

MISSING_PACKAGES = "EMRSIM_MISSING_PACKAGES"  # `fail` or `ignore`
_IGNORE = "ignore"

# What packages bring that is not a command of their name: a command, `python:MODULE`, or `lib:NAME`. From the
# names that public bootstrap actions install (source: releases facts 5).
_BRINGS: dict[str, tuple[str, ...]] = {
    "awscli": ("aws",),
    "bind-utils": ("dig",),
    "gcc-c++": ("g++",),
    "g++": ("g++",),
    "build-essential": ("gcc", "make"),
    "@development": ("gcc", "make"),
    "development tools": ("gcc", "make"),
    "development": ("gcc", "make"),
    "docker-ce": ("docker",),
    "docker.io": ("docker",),
    "mysql-client": ("mysql",),
    "mariadb": ("mysql",),
    "nc": ("nc",),
    "nmap-ncat": ("nc",),
    "nodejs": ("node",),
    "openssl-devel": ("lib:ssl",),
    "p7zip": ("7za",),
    "postgresql": ("psql",),
    "postgresql-devel": ("lib:pq",),
    "libpq-dev": ("lib:pq",),
    "libcurl-devel": ("lib:curl",),
    "procps-ng": ("ps",),
    "python-pip": ("pip",),
    "python3-pip": ("pip3",),
    "sqlite": ("sqlite3",),
    "util-linux": ("lsblk",),
    "vim-enhanced": ("vim",),
    "which": ("which",),
    "xz": ("xz",),
    "zlib-devel": ("lib:z",),
    "libffi-devel": ("lib:ffi",),
    "bzip2-devel": ("lib:bz2",),
    "sqlite-devel": ("lib:sqlite3",),
    "readline-devel": ("lib:readline",),
    "libxml2-devel": ("lib:xml2",),
    "libxslt-devel": ("lib:xslt",),
    "findutils": ("find",),
    "coreutils": ("ls",),
    "iputils": ("ping",),
}
# Packages that only say where others come from, or that are EMR's own.
_NEEDS_NOTHING = re.compile(
    r"epel(-release.*)?|yum-utils|yum-plugin-.*|dnf-plugins-core|ca-certificates|.*-release(-latest.*)?"
    r"|system-release|deltarpm|(amazon-)?emr-.*|hadoop(-.*)?|spark(-.*)?|hive(-.*)?|tzdata|glibc-langpack-.*"
)
_PYTHON = re.compile(r"python(?:2|3)?(?:\.?\d+)?")
_PYTHON_HEADERS = re.compile(r"python[\d.]*-(devel|dev|libs)")
_PYTHON_PIP = re.compile(r"python[\d.]*-(pip|setuptools|wheel|virtualenv|venv)")
_PYTHON_MODULE = re.compile(r"python[\d.]*-(.+)")
_JAVA = re.compile(r"(?:java-.*(?:openjdk|corretto).*|openjdk-.*|default-j(?:dk|re).*)")
_VERSION = re.compile(
    r"(?:[-=]v?\d[\w.:~+-]*)?(?:\.(?:x86_64|noarch|aarch64|i686|amzn\w*))*(?:\.rpm|\.deb)?$"
)

_INSTALLING = {"install", "localinstall", "groupinstall", "reinstall", "group", "enable", "builddep", "-i"}
_UPDATING = {"update", "upgrade", "dist-upgrade", "full-upgrade", "update-minimal", "upgrade-minimal"}
_WITH_VALUE = {
    *("-c", "-d", "-e", "-R", "-x", "-t", "-o", "--enablerepo", "--disablerepo", "--installroot", "--repo"),
    *("--exclude", "--releasever", "--setopt", "--config", "--target-release"),
}


def lets_missing_pass() -> bool:
    """Whether the emulator was told to let missing packages and services pass."""
    return os.environ.get(MISSING_PACKAGES) == _IGNORE


def manager(arguments: list[str], name: str) -> int:
    """`yum`, `dnf`, `microdnf`, `apt-get`, `apt` and `amazon-linux-extras`."""
    words = _without_options(arguments)
    verb, packages = (words[0], words[1:]) if words else ("", [])
    if verb in {"group", "groups"} and packages[:1] == ["install"]:
        packages = packages[1:]
    if verb in _INSTALLING or (verb in _UPDATING and packages and not name.startswith("apt")):
        return _install(name, packages)
    if verb == "module" and packages[:1] in (["enable"], ["install"]):
        return _install(name, [package.split(":")[0] for package in packages[1:]])
    return not_done(f"{' '.join([name, *arguments])}: packages of this machine were not changed")


def rpm(arguments: list[str], name: str) -> int:
    """`rpm -i FILE`, `rpm -U URL`; `rpm -q PACKAGE` says whether the machine has what it brings."""
    packages = _without_options(arguments)
    options = "".join(word for word in arguments if word.startswith("-") and not word.startswith("--"))
    if "q" in options or "V" in options:
        missing = [package for package in packages if not _is_there(package)]
        for package in packages:
            print(f"package {package} is not installed" if package in missing else package)
        return 1 if missing else 0
    if set("iUF") & set(options) or {"--install", "--upgrade"} & set(arguments):
        return _install(name, packages)
    return not_done(f"rpm {' '.join(arguments)}: packages of this machine were not changed")


def _without_options(arguments: Iterable[str]) -> list[str]:
    words = []
    waiting = iter(arguments)
    for word in waiting:
        if word in _WITH_VALUE:
            next(waiting, None)
        elif not word.startswith("-"):
            words.append(word)
    return words


def _install(name: str, packages: list[str]) -> int:
    missing = [package for package in packages if not _is_there(package)]
    if not missing:
        return not_done(
            f"{name} installed nothing: this machine has what {', '.join(packages) or 'was named'} brings"
        )
    what = f"{name} installs nothing on this machine, which lacks {', '.join(missing)}"
    if lets_missing_pass():
        return not_done(f"{what}; going on, as --missing-packages ignore says")
    return rejected(
        f"{what}: install that yourself, or start emrsim with --missing-packages ignore to go on without it"
    )


def _is_there(package: str) -> bool:
    """Whether the machine has what a package brings."""
    full = package.rpartition("/")[2].lower()
    return any(_brings(one) for one in dict.fromkeys((full, _VERSION.sub("", full))) if one)


def _brings(name: str) -> bool:
    if _NEEDS_NOTHING.fullmatch(name):
        return True
    if name in _BRINGS:
        return all(map(_has, _BRINGS[name]))
    for pattern, check in _KINDS:
        if found := pattern.fullmatch(name):
            return check(found)
    return _has(name) or _has(f"lib:{re.sub(r'^lib|-(devel|dev|libs)$', '', name)}")


def _has_java(found: re.Match[str]) -> bool:
    is_kit = found.group().endswith(("-devel", "-jdk", "-jdk-headless")) or "default-jdk" in found.group()
    return _has("javac" if is_kit else "java")


def _has_python_headers(found: re.Match[str]) -> bool:
    import sysconfig

    return os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    (_JAVA, _has_java),
    (_PYTHON, lambda found: _has(found.group()) or _has(re.sub(r"(python3)(\d+)", r"\1.\2", found.group()))),
    (_PYTHON_HEADERS, _has_python_headers),
    (_PYTHON_PIP, lambda found: True),  # pip is emrsim's own
    (_PYTHON_MODULE, lambda found: _has(f"python:{found.group(1)}")),
)


def _has(part: str) -> bool:
    """Whether the machine has a command, `python:MODULE` or `lib:NAME`."""
    kind, colon, name = part.partition(":")
    if not colon:
        return of_the_machine(part) is not None or part in {"pip", "pip3"}
    if kind == "python":
        return _has_module(name)
    return f"lib{name}.so" in _libraries()


def _has_module(name: str) -> bool:
    try:
        return find_spec(name.replace("-", "_")) is not None
    except (ImportError, ValueError):
        return False


@cache
def _libraries() -> str:
    """What the linker knows (source: ldconfig(8), -p); empty where there is no such program."""
    program = of_the_machine("ldconfig") or shutil.which("ldconfig")
    if program is None:
        return ""
    return subprocess.run([program, "-p"], capture_output=True, text=True, check=False).stdout
