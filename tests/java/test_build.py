"""The jars that come with emrsim are those that their sources make."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from emrsim.java import build

JAVA_8 = 52


@pytest.fixture
def javac() -> None:
    """What jars are built with; a test that needs it skips without."""
    try:
        build.javac_version()
        build.jars_of_spark(["hadoop-client-api"])
    except build.CannotBuild as missing:
        pytest.skip(str(missing))


def class_files(jar: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(jar) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".class")}


@pytest.mark.usefixtures("javac")
@pytest.mark.parametrize("name", build.JARS)
def test_sources_make_the_shipped_jar(name: str, tmp_path: Path) -> None:
    rebuilt = tmp_path / "rebuilt.jar"

    build.build(name, rebuilt)

    shipped = build.shipped_jar(name)
    assert sorted(class_files(rebuilt)) == sorted(class_files(shipped)), (
        f"run: python -m emrsim.java.build {name}"
    )
    if build.built_with(shipped) != build.javac_version():
        pytest.skip(
            f"the shipped jar is of javac {build.built_with(shipped)}, and another javac makes other bytes:"
            f" this one is {build.javac_version()}, so only the names of the classes were compared"
        )
    assert rebuilt.read_bytes() == shipped.read_bytes(), f"run: python -m emrsim.java.build {name}"


@pytest.mark.parametrize("name", build.JARS)
def test_shipped_jar_has_its_main_class_and_runs_on_java_8(name: str) -> None:
    main_class = build.JARS[name].main_class
    classes = class_files(build.shipped_jar(name))

    with zipfile.ZipFile(build.shipped_jar(name)) as archive:
        assert archive.namelist()[0] == "META-INF/MANIFEST.MF"
        manifest = archive.read("META-INF/MANIFEST.MF").decode()
    if main_class is not None:
        assert f"Main-Class: {main_class}\r\n" in manifest
        assert f"{main_class.replace('.', '/')}.class" in classes
    assert {struct.unpack_from(">IHH", content)[2] for content in classes.values()} == {JAVA_8}


def test_jar_that_cannot_be_built_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(build.CannotBuild, match="no javac on PATH: install a JDK"):
        build.build("cloudburst", tmp_path / "x.jar")

    assert not (tmp_path / "x.jar").exists()


@pytest.mark.usefixtures("javac")
def test_sources_that_do_not_compile_leave_no_jar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "A.java").write_text("class A { int a = missing; }")
    monkeypatch.setitem(build.JARS, "broken", build.Jar(str(tmp_path), None, "nowhere.jar"))

    with pytest.raises(build.CannotBuild, match="cannot find symbol"):
        build.build("broken", tmp_path / "x.jar")

    assert not (tmp_path / "x.jar").exists()
