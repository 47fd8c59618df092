"""`emrsim serve`: an emulator until a signal comes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from emrsim.app import RunningEmulator, is_loopback, is_wildcard
from emrsim.cli.telling import tell
from emrsim.core.plain import PlainError
from emrsim.options import Entrance, settings_of
from emrsim.service.data_lock import DataFolderInUse
from emrsim.service.events import EventsUnwritable
from emrsim.service.record.errors import RecordError
from emrsim.settings import Settings

if TYPE_CHECKING:
    from emrsim.service.recording import Recording

EXIT_FAILED = 1  # the server has failed; stderr says why
EXIT_UNUSABLE = 2  # as for an option that click rejects


def serve(options: Mapping[str, Any]) -> None:
    """Serve until SIGINT or SIGTERM; leaves no process behind. Exits with 2 where it cannot start.

    `options` are those of the table, by name, checked.
    """
    settings = settings_of(options["root"].absolute(), options, Entrance.SERVE)
    settings = replace(settings, is_own_process=True)
    _check_root(settings.root)
    stop = _Stop()
    running = _start(settings, options["seed"])
    running.on_failure(stop.set)
    recording = _record(running, options["record"]) if options["record"] else None
    _greet(running, options["quiet"])
    teller = tell(running, options["log_format"], options["quiet"], options["access_log"])
    _warn_of_others(running.settings)
    stop.wait()
    running.close()
    if teller:
        teller.close()
    if recording:
        recording.close()
    if running.has_failed:
        raise SystemExit(EXIT_FAILED)


class _Stop:
    """Waits for SIGINT, SIGTERM or `set`.

    A signal's handler in Python may come a moment before the main thread begins to wait, which would then
    wait for ever; what the interpreter writes to a pipe as the signal arrives is there to be read.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)

    def set(self) -> None:
        """End the wait. Any thread may call it."""
        os.write(self._write, b"\0")

    def wait(self) -> None:
        """Block until one of them."""
        os.read(self._read, 1)


def _check_root(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _exit(f"the root {root} cannot be created: {error.strerror}")
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        owner, user = root.stat().st_uid, os.getuid()
        _exit(
            f"the root {root} cannot be written to by user {user}: it belongs to user {owner}; "
            f"change its owner (chown {user} FOLDER), or start emrsim as that user"
        )


def _start(settings: Settings, seed: Path | None) -> RunningEmulator:
    try:
        return RunningEmulator(settings, seed=seed)
    except PlainError as error:
        _exit(f"the seed cannot be used: {error}")
    except EventsUnwritable as error:
        _exit(str(error))
    except DataFolderInUse as error:
        _exit(str(error.strerror))
    except RecordError as error:
        _exit(str(error))
    except OSError as error:
        reason = error.strerror or str(error)
        _exit(f"cannot serve on {settings.host}:{settings.port} with data in {settings.data}: {reason}")


def _record(running: RunningEmulator, path: Path) -> Recording:
    from emrsim.service.recording import Recording

    try:
        return Recording(path, running.journal, running.state, running.settings.root)
    except OSError as error:
        running.close()
        _exit(f"the recording {path} cannot be written: {error.strerror}")


def _warn_of_others(settings: Settings) -> None:
    """Say what it means to listen on an address that other machines reach."""
    if not is_loopback(settings.host):
        keys = "with a key that --require-auth lists" if settings.keys else "without a key"
        import getpass

        who = getpass.getuser()
        print(
            f"emrsim: warning: --host {settings.host} lets anyone who reaches this machine over the network "
            f"run programs on it as {who}, {keys}: use --host 127.0.0.1"
            + ("" if settings.keys else ", or --require-auth FILE"),
            file=sys.stderr,
        )


def _exit(why: str) -> NoReturn:
    print(f"emrsim: {why}", file=sys.stderr)
    raise SystemExit(EXIT_UNUSABLE)


def _greet(running: RunningEmulator, is_quiet: bool) -> None:
    port = running.port
    host = running.settings.host
    everywhere = f" and all other addresses of this machine ({host})" if is_wildcard(host) else ""
    print(f"emrsim listening on {running.url}{everywhere}", flush=True)
    if is_quiet:
        return
    print(f'  boto 2:  eval "$(emrsim env --port {port})", then boto.connect_emr() as ever; or in code:')
    print(f"           EmrConnection('key', 'secret', is_secure=False, port={port},")
    print("                         region=RegionInfo(name='us-east-1', endpoint='127.0.0.1'))")
    print(f"  boto3:   boto3.client('emr', endpoint_url='{running.url}', region_name='us-east-1')")
    print(f"  S3 is the directory {running.settings.root}")
    print(f"  {_kept(running)}")
    print(f"  See what the clusters do: {running.url}/ in a browser", flush=True)


def _kept(running: RunningEmulator) -> str:
    data, found = running.settings.data, running.found
    if not running.settings.durable:
        return "State is in memory: it is lost when the server stops"
    if found.is_empty:
        return f"State is kept in {data}"
    rules, faults = _count(found.rules, "rule"), _count(found.faults, "fault")
    clusters = f"{_count(found.clusters, 'cluster')} ({found.living} alive)"
    return f"State is kept in {data}: found {clusters}, {rules} and {faults}; --fresh removes it"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
