"""`pig-script`: what EMR's Pig steps run. Pig itself is the machine's, if it has one."""

from __future__ import annotations

import os
import sys

from emrsim.core.ports import StorageError
from emrsim.programs.application_script import BadArgument, parse_application_script
from emrsim.programs.jvm.classes import OUR_JAR
from emrsim.programs.jvm.hadoop_conf import job_conf
from emrsim.programs.jvm.launch import become, java_environment
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.machine.said import of_the_machine
from emrsim.programs.surroundings import Surroundings, surroundings

NO_PIG = "there is no pig on PATH: install Apache Pig (https://pig.apache.org) and put its bin folder there"


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Record that Pig is wanted, run a script, or both."""
    around = surroundings()
    try:
        script = parse_application_script("pig", arguments)
        words = [_local(word, around) for word in script.arguments]
    except (BadArgument, StorageError) as error:
        print(error, file=sys.stderr)
        return 1
    pig = of_the_machine("pig")
    if script.installs:
        print("Nothing is installed: the machine's own Pig runs scripts here." if pig else NO_PIG)
    if not script.runs:
        return 0
    if pig is None:
        print(f"emrsim cannot run this: {NO_PIG}", file=sys.stderr)
        return 1
    environment = java_environment()
    paths = [str(job_conf(around)), str(OUR_JAR), environment.get("PIG_CLASSPATH", "")]
    environment["PIG_CLASSPATH"] = os.pathsep.join(filter(None, paths))
    return become([pig, *words], around, environment)


def _local(word: str, around: Surroundings) -> str:
    """A script in S3 as a path. Parameters such as `INPUT=s3://…` stay, for Pig to open."""
    return str(around.storage.path(word)) if around.storage.is_s3(word) else word
