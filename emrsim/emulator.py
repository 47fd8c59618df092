"""An emulator for a program or a test: `emrsim.Emulator`."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from emrsim.app import RunningEmulator
from emrsim.core.ports import Engine
from emrsim.helpers import Helpers
from emrsim.keeping import Seed
from emrsim.options import check_options, settings_of
from emrsim.service.clock import SteeredClock
from emrsim.service.outcomes import Outcomes, UnusedRules


class Emulator(Helpers):
    """An emulator for a program or a test, as a context manager: serves on a free port of 127.0.0.1.

    `root` is the directory that is S3 (one of its own that is removed in the end, if left out);
    `clock` is how fast time goes: "real", "60x", "instant" (no wait for made-up machines) or "manual", which
    `clock.advance` moves on; `boot_seconds`, `step_seconds` and `shutdown_seconds` are the invented waits by
    that clock (left out: none with a real clock, else what EMR takes); `first_step_seconds` is how long a
    cluster that ends with its last step waits for the first; `settle_seconds` is how long answers that
    clients wait for are held back while a better one is near; `strict` requires roles and a version, as
    today's EMR does; `engines` run kinds of steps of the caller's own, and are asked before emrsim's.
    Steps see the variables of this process that `pass_env` names, each of their processes may use
    `step_memory_bytes` and `step_cpu_seconds`, and with `keep` the folders of clusters stay when these end.
    `seed` are clusters that are there from the beginning, as plain data or a file (`api.seeds`).
    What it does for a test beside that is in `Helpers`.
    An option that cannot be is a TypeError or ValueError that names it.
    Leaving the block ends all steps and raises, if emrsim itself has failed meanwhile, what it failed with.
    """

    def __init__(
        self,
        root: Path | str | None = None,
        *,
        data: Path | str | None = None,
        port: int = 0,
        clock: str = "real",
        boot_seconds: float | None = None,
        step_seconds: float | None = None,
        shutdown_seconds: float | None = None,
        first_step_seconds: float = 5.0,
        settle_seconds: float = 0.0,
        slots: int | None = None,
        strict: bool = False,
        engines: Sequence[Engine] = (),
        pass_env: Sequence[str] = (),
        step_memory_bytes: int | None = None,
        step_cpu_seconds: int | None = None,
        keep: bool = False,
        seed: Seed | None = None,
    ) -> None:
        options = {
            "port": port,
            "clock": clock,
            "boot_seconds": boot_seconds,
            "step_seconds": step_seconds,
            "shutdown_seconds": shutdown_seconds,
            "first_step_seconds": first_step_seconds,
            "settle_seconds": settle_seconds,
            "slots": slots,
            "strict": strict,
            "pass_env": pass_env,
            "step_memory_bytes": step_memory_bytes,
            "step_cpu_seconds": step_cpu_seconds,
            "keep": keep,
        }
        check_options(options)
        self._temporary = tempfile.TemporaryDirectory(prefix="emrsim-") if root is None else None
        self.root = Path(root or self._temporary.name).absolute()  # type: ignore[union-attr]
        self._settings = settings_of(self.root, Path(data).absolute() if data else None, options)
        self._engines = engines
        self._seed = seed
        self._running: RunningEmulator | None = None

    @property
    def running(self) -> RunningEmulator:
        """The emulator behind the port; RuntimeError outside of the `with` block."""
        if self._running is None:
            raise RuntimeError("the emulator is not running: use it in a `with` block, or call start()")
        return self._running

    @property
    def is_running(self) -> bool:
        """Whether it serves."""
        return self._running is not None

    @property
    def host(self) -> str:
        return self.running.settings.host

    @property
    def port(self) -> int:
        return self.running.port

    @property
    def url(self) -> str:
        """The endpoint URL, for boto3's `endpoint_url`."""
        return self.running.url

    @property
    def clock(self) -> SteeredClock:
        """The clock: `emulator.clock.advance("PT1H")`, `emulator.clock.set_pace("60x")`."""
        return self.running.clock

    @property
    def rules(self) -> Outcomes:
        """What is to become of steps and clusters: `emulator.rules.add({"match": …, "then": …})`."""
        return self.running.rules

    def reset(self, empty_root: bool | None = None) -> None:
        """Begin anew: no cluster but those of `seed`, no rule, the clock as at first.

        What is in the S3 directory stays, unless that is emrsim's own or `empty_root` is true.
        """
        self.running.keeper.reset(empty_root)

    def seed(self, seed: Seed) -> list[str]:
        """Add clusters in any state, of plain data or of a file; their ids. Raises PlainError, OSError."""
        return self.running.keeper.seed(seed)

    def export(self) -> dict[str, Any]:
        """All clusters, in the form of a seed."""
        return self.running.keeper.export()

    def snapshot(self, path: Path | str) -> None:
        """Keep the clusters and the S3 directory in the archive `path`, a .tar.gz.

        Raises PlainError, with no archive made, for what could not be brought back.
        """
        partial = Path(f"{path}.partial")
        try:
            with partial.open("wb") as archive:
                self.running.keeper.snapshot(archive)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def restore(self, path: Path | str) -> list[str]:
        """Begin anew with the clusters and the S3 directory of a snapshot; the ids of the clusters.

        Raises PlainError, with nothing changed, for what is no snapshot.
        """
        with open(path, "rb") as archive:
            return self.running.keeper.restore(archive)

    @property
    def data(self) -> Path:
        """Where logs and work folders are."""
        return self._settings.data

    def start(self) -> Emulator:
        """Begin to serve, where a `with` block does not fit; `close` ends it.

        Raises RuntimeError if it serves already.
        """
        if self._running is not None:
            raise RuntimeError(f"the emulator is running already, at {self.url}")
        owns_root = self._temporary is not None
        self._running = RunningEmulator(self._settings, self._engines, self._seed, owns_root)
        return self

    def close(self) -> None:
        """End all steps and stop serving; raises what emrsim itself has failed with, if it has.

        Warns of rules that were not used.
        """
        running = self._end()
        _warn_of(running.rules.unused())

    def raise_bugs(self) -> None:
        """Raise what emrsim itself has failed with since it was last asked, if it has."""
        self.running.bugs.raise_found()

    def warn_of_unused_rules(self) -> None:
        """Warn of rules that have matched nothing so far."""
        _warn_of(self.rules.unused())

    def _end(self) -> RunningEmulator:
        """End it as `close` does, without the warning; what has run."""
        running, self._running = self.running, None
        running.close()
        if self._temporary:
            self._temporary.cleanup()
        running.bugs.raise_found()
        return running

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is None:  # the block has closed it
            return
        if error is None:
            self.close()
        else:
            self._end()  # what the block has failed with says more than rules that it did not get to


def _warn_of(unused: Sequence[Mapping[str, Any]]) -> None:
    if unused:
        told = ", ".join(f"{rule['id']} ({rule['match']})" for rule in unused)
        warnings.warn(UnusedRules(f"rules that matched nothing: {told}"), stacklevel=3)
