"""The options of spark-submit, and what they ask for with properties files and the cluster's defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from emrsim.core.ports import StorageError
from emrsim.programs.jvm.sites import conf_folder
from emrsim.programs.jvm.spark import DEFAULTS, own_defaults, read_defaults
from emrsim.programs.jvm.spark_files import local_paths, packages_of, split_list
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.missing import Missing

# Options without a value (source: Spark's SparkSubmitOptionParser, Hive's OptionsProcessor); others have one.
_SWITCHES = {
    *("--supervise", "--verbose", "-v", "--version", "--help", "-h", "--usage-error"),
    *("-S", "--silent", "-H"),
}
CONF = {"--conf", "-c"}
PROPERTIES_FILE = "--properties-file"
_DEPLOY_MODE, _DEPLOY_MODE_CONF = "--deploy-mode", "spark.submit.deployMode"
_MASTER_ENVIRONMENT, _EXECUTOR_ENVIRONMENT = "spark.yarn.appMasterEnv.", "spark.executorEnv."

Option = tuple[str, str | None]


def split_options(arguments: Sequence[str]) -> tuple[list[Option], list[str]]:
    """Return the options of spark-submit with their values, and the application with its arguments."""
    options: list[Option] = []
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).partition("=")
        if name in _SWITCHES:
            options.append((name, None))
        elif equals:
            options.append((name, value))
        else:
            options.append((name, rest.pop(0) if rest else None))
    return options, rest


class Asked:
    """What a command line asks for: by an option, else by `--conf`, else by a properties file.

    The properties file is that of `--properties-file`, which may be in S3, else the cluster's defaults.
    """

    def __init__(self, options: Sequence[Option], defaults: Mapping[str, str], around: Surroundings) -> None:
        """Raises Missing for a properties file in S3 that is not there."""
        self.options = [option for option in options if option[0] != PROPERTIES_FILE]
        self.properties_file: Path | None = None
        given = [value for name, value in options if name == PROPERTIES_FILE and value]
        if given:
            self.properties_file, defaults = _properties(given[-1], around)
        self._around = around
        conf = [value for name, value in options if name in CONF and value]
        self._settings = {**defaults, **{name.strip(): value.strip() for name, value in _pairs(conf)}}

    def value(self, option: str, setting: str) -> str:
        """Return the value of an option, else of its setting; empty if neither is given."""
        by_option = [value for name, value in self.options if name == option and value]
        return by_option[-1] if by_option else self._settings.get(setting, "")

    def uris(self, option: str, setting: str) -> list[str]:
        """Return the members of a comma-separated list."""
        return split_list(self.value(option, setting))

    def all_values(self) -> str:
        """Return the values of all settings as one text, to look for names of classes in."""
        return "\n".join(self._settings.values())

    @property
    def is_cluster_mode(self) -> bool:
        """Whether the driver is to run in the cluster."""
        return self.value(_DEPLOY_MODE, _DEPLOY_MODE_CONF) == "cluster"

    def environment(self) -> dict[str, str]:
        """Return what the settings add to the environment of executors, and of a driver in the cluster.

        Wheels of --py-files are on PYTHONPATH, as on YARN; Spark itself sees to zip and egg. Raises Missing.
        """
        prefixes = [_EXECUTOR_ENVIRONMENT, *([_MASTER_ENVIRONMENT] if self.is_cluster_mode else [])]
        added = {
            name.removeprefix(prefix): value
            for prefix in prefixes
            for name, value in self._settings.items()
            if name.startswith(prefix)
        }
        py_files = packages_of(self.uris("--py-files", "spark.submit.pyFiles"))
        wheels = local_paths([uri for uri in py_files if uri.endswith(".whl")], self._around)
        return {**added, **({"PYTHONPATH": ":".join(wheels)} if wheels else {})}


def _pairs(conf: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word in conf:
        name, equals, value = word.partition("=")
        if equals:
            yield name, value


def _properties(uri: str, around: Surroundings) -> tuple[Path, dict[str, str]]:
    """A properties file with emrsim's own settings below, and all that it says. Raises Missing."""
    try:
        path = around.storage.shipped_path(uri)
    except StorageError as error:
        raise Missing(str(error)) from error
    if not path.is_file():
        if around.storage.is_s3(uri):
            raise Missing(f"there is no properties file {uri}")
        return path, {}  # Spark says so
    settings = {**own_defaults(around), **read_defaults(path)}
    content = "".join(f"{name} {value}\n" for name, value in settings.items()).encode()
    return conf_folder({DEFAULTS: content}) / DEFAULTS, settings
