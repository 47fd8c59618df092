"""The state of an emulator as a whole: begun anew, brought in, told, and kept with its files."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from emrsim.core.plain import PlainError
from emrsim.seed_files import Seed as Seed
from emrsim.seed_files import read_seed_file
from emrsim.service.clock import SteeredClock
from emrsim.service.effects import Effects
from emrsim.service.emulator import EmulatorState
from emrsim.settings import Settings

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo

# The names in an archive.
_STATE, _METADATA, _ROOT = "state.json", "s3.json", "root"


class Keeper:
    """Resets, seeds, exports and snapshots of one emulator, one at a time."""

    def __init__(
        self, state: EmulatorState, clock: SteeredClock, effects: Effects, settings: Settings, owns_root: bool
    ) -> None:
        """`owns_root`: the S3 directory is emrsim's own, so a reset may empty it."""
        self._state = state
        self._clock = clock
        self._effects = effects
        self._settings = settings
        self._owns_root = owns_root
        self._turn = Lock()
        self._first_seed: Any = None
        self.on_reset: list[Callable[[], None]] = []  # called under the emulator's lock
        self.after_reset: list[Callable[[], None]] = []  # ... and without it

    def begin_with(self, seed: Seed | None, is_first: bool = True) -> None:
        """Let the clusters of `seed` be there, now and after every reset. Raises what `seed` raises.

        Where it `is_first` not, the state of an earlier start is there, and `seed` is for resets only.
        """
        if seed is not None:
            self._first_seed = _content(seed)
            if is_first:
                self.seed(self._first_seed)

    def reset(self, empty_root: bool | None = None) -> None:
        """Begin anew: no rule, nothing that runs, clusters, account and clock as at the beginning.

        So are the services beside EMR (`emrsim.neighbours`). The directory that is S3 stays as it is,
        unless it is emrsim's own or `empty_root` is true.
        """
        with self._turn:
            self._reset()
            if self._owns_root if empty_root is None else empty_root:
                self._empty_root()
            if self._first_seed is not None:
                self.seed(self._first_seed)

    def seed(self, seed: Seed) -> list[str]:
        """Add clusters in any state (`api.seeds`), of plain data or of a file; their ids.

        Raises PlainError, with nothing changed and the place named, and OSError.
        """
        from emrsim.api.seeds import seed as add

        return add(self._state, _content(seed))

    def export(self) -> dict[str, Any]:
        """All clusters, in the form of a seed."""
        from emrsim.service.restore import export

        return export(self._state)

    def snapshot(self, archive: IO[bytes]) -> None:
        """Write the clusters and the S3 directory to `archive`, a .tar.gz. Writers must rest meanwhile.

        Raises PlainError for what could not be brought back: links out of the directory, pipes, devices.
        """
        import tarfile

        from fake_s3.backup import dump_metadata

        root, spared = self._settings.root, {self._settings.data, self._settings.root / ".fake_s3"}
        with self._turn, tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
            _add_json(tar, _STATE, self.export())
            _add_json(tar, _METADATA, dump_metadata(root))
            for path in sorted(root.iterdir()):
                if path not in spared:
                    tar.add(path, f"{_ROOT}/{path.name}", filter=lambda entry: _kept(entry, root))

    def restore(self, archive: IO[bytes]) -> list[str]:
        """Begin anew with the clusters and the S3 directory of a snapshot; the ids of the clusters.

        Raises PlainError, with nothing changed, for what is no snapshot.
        """
        from emrsim.api.seeds import check_seed
        from fake_s3.backup import check_metadata, load_metadata

        with self._turn, tempfile.TemporaryDirectory(prefix=".restore-", dir=self._settings.data) as folder:
            _unpack(archive, Path(folder))
            content, metadata = (_read_json(Path(folder) / name) for name in (_STATE, _METADATA))
            try:
                check_metadata(metadata)
            except ValueError as error:
                raise PlainError(f"snapshot: {_METADATA}", str(error)) from None
            check_seed(content, self._clock.now())
            self._reset()
            self._empty_root()
            if (files := Path(folder) / _ROOT).is_dir():
                for path in files.iterdir():
                    shutil.move(path, self._settings.root / path.name)
            load_metadata(self._settings.root, metadata)
            return self.seed(content)

    def _reset(self) -> None:
        def begin_anew() -> None:
            self._clock.reset()
            for hook in self.on_reset:
                hook()

        self._effects.reset(begin_anew)
        for hook in self.after_reset:
            hook()

    def _empty_root(self) -> None:
        from fake_s3.backup import remove_all

        remove_all(self._settings.root, spared=self._settings.data)


def _content(seed: Seed) -> Any:
    return read_seed_file(Path(seed)) if isinstance(seed, str | Path) else seed


def _add_json(tar: TarFile, name: str, content: Any) -> None:
    import tarfile

    text = json.dumps(content).encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(text)
    tar.addfile(entry, io.BytesIO(text))


def _kept(entry: TarInfo, root: Path) -> TarInfo:
    """An entry of the S3 directory as it can be unpacked anywhere: links within it are relative."""
    path = os.path.abspath(root / entry.name.removeprefix(f"{_ROOT}/"))
    if entry.isdev():
        raise PlainError("snapshot", f"{path} is neither a file nor a folder")
    if entry.issym():
        target = os.path.join(os.path.dirname(path), entry.linkname)
        if not Path(os.path.abspath(target)).is_relative_to(os.path.abspath(root)):
            raise PlainError("snapshot", f"{path} is a link to {entry.linkname}, outside of the S3 directory")
        entry.linkname = os.path.relpath(target, os.path.dirname(path))
    return entry


def _unpack(archive: IO[bytes], folder: Path) -> None:
    """Unpack somebody's archive; its links may lead within the S3 directory only."""
    from emrsim.unpacking import ArchiveError, Folder, Limits, links_within, unpack_tar

    start = archive.tell()
    limits = Limits.of(archive.seek(0, os.SEEK_END) - start, folder)
    archive.seek(start)
    try:
        with Folder(folder, limits, links_within(_ROOT)) as unpacked:
            unpack_tar(archive, unpacked, lambda mode: mode & 0o755 | 0o600, is_gzip=True)
    except (ArchiveError, OSError) as error:
        raise PlainError("snapshot", f"it cannot be unpacked: {error}") from None


def _read_json(path: Path) -> Any:
    if not path.is_file():
        raise PlainError("snapshot", f"there is no {path.name} in it")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise PlainError(f"snapshot: {path.name}", f"not JSON: {error}") from None
