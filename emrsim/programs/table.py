"""The programs by their names; `emrsim NAME ARGS` runs one, and so does NAME on a cluster's PATH."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

from emrsim.programs.installed import EXIT_NO_SUCH_PROGRAM, is_installed
from emrsim.programs.view.places import PROGRAM_FOLDERS

# A function of a module of this room each, `module` for its `main`, imported when its program runs. With a
# third part it gets the name it was called by too.
PROGRAMS = {
    "configure-daemons": "configure_hadoop:configure_daemons",
    "configure-hadoop": "configure_hadoop",
    "hadoop": "hadoop",
    "hadoop-mapreduce-examples": "jvm.examples",
    "hadoop-streaming": "streaming",
    "hdfs": "hdfs",
    "beeline": "jvm.beeline:beeline",
    "distcp": "distcp",
    "hcat": "jvm.beeline:hcat",
    "hive": "jvm.beeline:hive",
    "mapred": "yarn:mapred",
    "pyspark": "jvm.spark_programs:pyspark",
    "spark-class": "jvm.spark_programs:spark_class",
    "sparkR": "jvm.spark_programs:spark_r",
    "yarn": "yarn:yarn",
    **dict.fromkeys(("run-example", "spark-example"), "jvm.run_example"),
    # Those of applications that emrsim has not.
    **dict.fromkeys(
        ("presto-cli", "trino-cli", "flink", "flink-yarn-session", "sqoop", "oozie", "hbase"),
        "absent:main:name",
    ),
    **dict.fromkeys(("hudi-cli", "mahout", "pig", "phoenix-sqlline"), "absent:main:name"),
    "hive-script": "jvm.hive_script",
    "pig-script": "pig_script",
    **dict.fromkeys(("pip", "pip3"), "pip"),
    "prepare": "jvm.prepare",
    "run-if": "run_if",
    "s3-dist-cp": "s3distcp",
    "script-runner": "script_runner",
    "spark-shell": "jvm.spark_shell",
    "spark-sql": "jvm.spark_sql",
    "spark-submit": "jvm.spark_submit",
    "state-pusher-script": "state_pusher",
    "streaming": "streaming",
    "sudo": "sudo",
    "su": "sudo:su",
    "runuser": "sudo:su",
    # Those whose effect would be the machine's.
    **dict.fromkeys(("halt", "poweroff", "reboot"), "machine.shutdown:power_off"),
    **dict.fromkeys(("init", "telinit"), "machine.shutdown:init"),
    "shutdown": "machine.shutdown:shutdown",
    "systemctl": "machine.services:systemctl",
    "service": "machine.services:service",
    "chkconfig": "machine.services:chkconfig",
    **dict.fromkeys(("start", "stop", "restart", "status", "initctl"), "machine.services:upstart:name"),
    **dict.fromkeys(
        ("yum", "dnf", "microdnf", "apt-get", "apt", "amazon-linux-extras"), "machine.packages:manager:name"
    ),
    "rpm": "machine.packages:rpm:name",
    "mount": "machine.settings:mount",
    "umount": "machine.settings:umount",
    **dict.fromkeys(
        ("mkfs", "mkfs.ext4", "mkfs.ext3", "mkfs.xfs", "fdisk", "parted", "sfdisk", "wipefs", "mdadm"),
        "machine.settings:make_file_system:name",
    ),
    **dict.fromkeys(("mkswap", "swapon", "swapoff"), "machine.settings:swap:name"),
    **dict.fromkeys(
        ("useradd", "adduser", "usermod", "userdel", "groupadd", "groupmod", "passwd", "chpasswd", "gpasswd"),
        "machine.settings:users:name",
    ),
    **dict.fromkeys(
        ("addgroup", "chfn", "chsh", "delgroup", "deluser", "groupdel", "newusers"),
        "machine.settings:users:name",
    ),
    "sysctl": "machine.settings:sysctl",
    "ldconfig": "machine.settings:ldconfig",
    **dict.fromkeys(("alternatives", "update-alternatives"), "machine.settings:alternatives:name"),
    **dict.fromkeys(
        (
            "update-ca-trust",
            "update-ca-certificates",
            "hostnamectl",
            "timedatectl",
            "modprobe",
            "insmod",
            "rmmod",
        ),
        "machine.settings:harmless:name",
    ),
    **dict.fromkeys(
        ("iptables", "ip6tables", "firewall-cmd", "setenforce", "ntpdate", "chronyc", "tuned-adm"),
        "machine.settings:harmless:name",
    ),
    **dict.fromkeys(
        ("hwclock", "invoke-rc.d", "kexec", "locale-gen", "localectl", "nft", "ufw", "update-rc.d"),
        "machine.settings:harmless:name",
    ),
    "crontab": "machine.settings:crontab",
    "pkill": "machine.processes:pkill",
    "killall": "machine.processes:killall",
    "kill": "machine.processes:kill",
    "fuser": "machine.processes:fuser",
    **dict.fromkeys(("killall5", "skill"), "machine.processes:kill_all:name"),
}

# What a cluster's PATH does not have: a runner is a jar there, and bootstrap actions are in S3.
NOT_ON_THE_PATH = {
    "distcp",
    "configure-daemons",
    "configure-hadoop",
    "prepare",
    "run-if",
    "script-runner",
    "streaming",
}

# The folder that a cluster's PATH begins with: each file in it calls the program of its name with the Python
# that EMRSIM_PYTHON names.
BIN = Path(__file__).with_name("bin")
# Modules that stand before others of their name in every Python of a cluster.
PYTHON_MODULES = Path(__file__).with_name("python")


def program_at(word: str) -> str | None:
    """The name of emrsim's program that a command's first word is: a name, or a path where EMR has it."""
    folder, slash, name = word.rpartition("/")
    if name not in PROGRAMS:
        return None
    if not slash:
        return name
    is_emrs = any(fnmatchcase(folder, one) for one in PROGRAM_FOLDERS)
    return name if is_emrs and name not in NOT_ON_THE_PATH else None


# The application that a program belongs to, for those that EMR has only where it was asked for.
APPLICATIONS = {
    **dict.fromkeys(
        ("spark-submit", "spark-sql", "spark-shell", "spark-class", "pyspark", "sparkR"), "Spark"
    ),
    **dict.fromkeys(("run-example", "spark-example"), "Spark"),
    **dict.fromkeys(("hive", "hive-script", "beeline", "hcat"), "Hive"),
    **dict.fromkeys(("pig", "pig-script"), "Pig"),
    "presto-cli": "Presto",
    "trino-cli": "Trino",
    "sqoop": "Sqoop",
    "oozie": "Oozie",
    "hbase": "HBase",
    "flink": "Flink",
    "flink-yarn-session": "Flink",
    "phoenix-sqlline": "Phoenix",
    "mahout": "Mahout",
}


def run(name: str, arguments: list[str]) -> int:
    """Run the program `name` in this process; returns its exit code."""
    if (application := APPLICATIONS.get(name)) and not is_installed(name, application):
        return EXIT_NO_SUCH_PROGRAM
    module, function, *takes_name = f"{PROGRAMS[name]}{'' if ':' in PROGRAMS[name] else ':main'}".split(":")
    main: Callable[..., int] = getattr(import_module(f"emrsim.programs.{module}"), function)
    return main(arguments, name) if takes_name else main(arguments)
