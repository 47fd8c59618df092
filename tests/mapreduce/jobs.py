"""Streaming jobs as a user starts them: a process, real files, its output read back."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

DEADLINE_SECONDS = 240


class Ended:
    """A job that has ended: exit code, what it said, what it wrote."""

    def __init__(self, code: int, said: str, output: Path) -> None:
        self.code = code
        self.said = said
        self.output = output

    def parts(self) -> dict[str, bytes]:
        """The output files by name."""
        return {
            str(path.relative_to(self.output)): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file()
        }

    def text(self) -> bytes:
        """All parts, one after the other."""
        return b"".join(data for name, data in self.parts().items() if not name.startswith("_"))

    def counter(self, name: str) -> int:
        """A counter by its name; the test fails if it was not printed."""
        found = re.search(rf"^\t\t{re.escape(name)}=(-?\d+)$", self.said, re.MULTILINE)
        assert found is not None, self.said
        return int(found[1])


class Jobs:
    """Runs jobs in a folder of their own; `root` holds the buckets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "s3"
        self.root.mkdir(parents=True)
        self.output = folder / "out"

    def write(self, name: str, content: bytes | str) -> Path:
        """A file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def script(self, name: str, body: str) -> Path:
        """A Python script."""
        path = self.write(name, f"#!{sys.executable}\n{body}")
        path.chmod(0o755)
        return path

    def environment(self) -> dict[str, str]:
        """What a job is started with."""
        return {**os.environ, "EMRSIM_ROOT": str(self.root), "PYTHONPATH": str(Path(__file__).parents[2])}

    def command(self, *arguments: str) -> list[str]:
        """The command line of a job."""
        return [sys.executable, "-m", "emrsim", "streaming", "--work", str(self.folder / "work"), *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a job and return its process."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def words(self, *arguments: str) -> Ended:
        """Run a job with exactly these arguments."""
        ended = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        said = ended.stdout.decode("utf-8", "replace")
        return Ended(ended.returncode, said, self.output)

    def run(
        self, *arguments: str, lines: bytes | None = None, own: tuple[str, ...] = (), maps: int = 1
    ) -> Ended:
        """Run a job from `in` to `out`; `lines` become its input, `own` are the runner's own options.

        Generic options may lead `arguments`.
        """
        if lines is not None:
            self.write("in/data", lines)
        generic = ["-D", f"mapred.map.tasks={maps}"]
        rest = list(arguments)
        while rest and rest[0] in {"-D", "-files", "-archives"}:
            generic += [rest.pop(0), rest.pop(0)]
        return self.words(*own, *generic, "-input", "in", "-output", "out", *rest)
