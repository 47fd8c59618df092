"""What is typical, and what becomes of it here; docs/running/typical-steps.md is made of it.

Source of the shapes: releases facts 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

COMMAND_RUNNER = "command-runner.jar"
SCRIPT_RUNNER = "s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar"
_PI = "org.apache.spark.examples.SparkPi"
_COUNT = "org.apache.spark.examples.JavaWordCount"

# Files by their keys in the bucket `b`.
_WORDS = "b a\na\n"
_COUNT_PY = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("count").getOrCreate()
words = spark.read.text(sys.argv[1]).rdd.flatMap(lambda row: row[0].split())
words.map(lambda word: (word, 1)).reduceByKey(lambda one, other: one + other).map(
    lambda pair: f"{pair[0]} {pair[1]}"
).coalesce(1).saveAsTextFile(sys.argv[2])
"""
_SAY_PY = "import os, sys\nprint('said', os.environ.get('A', ''), *sys.argv[1:])\n"


@dataclass(frozen=True)
class Step:
    """A step: the words after a jar, which is command-runner.jar unless said."""

    args: tuple[str, ...]
    jar: str = COMMAND_RUNNER
    main_class: str | None = None


@dataclass(frozen=True)
class Typical:
    """A typical step or bootstrap action.

    `shape` is how public code writes it; `here` is "run", "mapped" (`how`) or "fails" (`how`: the words of
    the message). `steps` are run one after the other: the last is the one in question. `files` are objects
    before, `output` those after, by key and a part of their text; `said` is in the stdout of the last step.
    """

    number: str
    shape: str
    here: str
    how: str = ""
    steps: tuple[Step, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    output: dict[str, str] = field(default_factory=dict)
    said: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()  # of "spark", "aws", "shown" (private mounts)


def _command(*args: str) -> Step:
    return Step(args)


def _bootstrap(path: str, *args: str) -> dict[str, Any]:
    return {"BootstrapActions": [{"Name": "a", "ScriptBootstrapAction": {"Path": path, "Args": list(args)}}]}


_GET = _command("hadoop", "fs", "-get", "s3://b/x.py", "s3://b/main.py", "s3://b/lib.zip", "/home/hadoop/")
_SPARK = ("spark",)
_MAPPED = "the master and deploy mode are this machine's"
_COUNTED = {"out/part-00000": "a 2"}
_FILES = {"x.py": _COUNT_PY, "in/words": _WORDS}

TYPICAL = (
    Typical(
        "1",
        "`aws s3 cp --recursive s3://B/p/ /home/hadoop/`",
        "run",
        "with an AWS CLI",
        (
            _command("aws", "s3", "cp", "--recursive", "s3://b/p/", "/home/hadoop/"),
            _command("cat", "/home/hadoop/f"),
        ),
        {"p/f": "copied"},
        said="copied",
        needs=("aws",),
    ),
    Typical(
        "2",
        "`spark-submit /home/hadoop/x.py IN OUT`",
        "run",
        "",
        (
            _command("hadoop", "fs", "-get", "s3://b/x.py", "/home/hadoop/"),
            _command("spark-submit", "/home/hadoop/x.py", "s3://b/in", "s3://b/out"),
        ),
        _FILES,
        _COUNTED,
        needs=_SPARK,
    ),
    Typical(
        "3",
        "`spark-submit --py-files /home/hadoop/pipeline.zip /home/hadoop/main.py A B`",
        "run",
        "",
        (
            _command("bash", "-c", "hadoop fs -get s3://b/main.py s3://b/own.py /home/hadoop/"),
            _command("python3", "-m", "zipfile", "-c", "/home/hadoop/pipeline.zip", "/home/hadoop/own.py"),
            _command(
                "spark-submit", "--py-files", "/home/hadoop/pipeline.zip", "/home/hadoop/main.py", "A", "B"
            ),
        ),
        {
            "main.py": "import sys, own\nprint(own.said(sys.argv[1:]))\n",
            "own.py": "def said(words):\n    return 'own ' + ' '.join(words)\n",
        },
        said="own A B",
        needs=_SPARK,
    ),
    Typical(
        "4",
        "`spark-submit --deploy-mode cluster s3://B/x.py args`",
        "mapped",
        _MAPPED,
        (_command("spark-submit", "--deploy-mode", "cluster", "s3://b/x.py", "s3://b/in", "s3://b/out"),),
        _FILES,
        _COUNTED,
        needs=_SPARK,
    ),
    Typical(
        "5",
        "`spark-submit --deploy-mode cluster --master yarn --conf spark.yarn.submit.waitAppCompletion=true s3a://B/x.py`",
        "mapped",
        _MAPPED,
        (
            _command(
                *("spark-submit", "--deploy-mode", "cluster", "--master", "yarn"),
                *(
                    "--conf",
                    "spark.yarn.submit.waitAppCompletion=true",
                    "s3a://b/x.py",
                    "s3a://b/in",
                    "s3a://b/out",
                ),
            ),
        ),
        _FILES,
        _COUNTED,
        needs=_SPARK,
    ),
    Typical(
        "6",
        "… `waitAppCompletion=false --num-executors 5 --executor-memory 1g --executor-cores 2`",
        "mapped",
        f"{_MAPPED}; the step ends at once, the application goes on with the cluster",
        (
            _command(
                *(
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--conf",
                    "spark.yarn.submit.waitAppCompletion=false",
                ),
                *("--num-executors", "5", "--executor-memory", "1g", "--executor-cores", "2"),
                *("s3://b/x.py", "s3://b/in", "s3://b/out"),
            ),
        ),
        _FILES,
        _COUNTED,
        needs=_SPARK,
    ),
    Typical(
        "7",
        "`spark-submit --deploy-mode client --master yarn s3://B/x.py`",
        "mapped",
        "the master is this machine",
        (
            _command(
                *("spark-submit", "--deploy-mode", "client", "--master", "yarn", "s3://b/x.py"),
                *("s3://b/in", "s3://b/out"),
            ),
        ),
        _FILES,
        _COUNTED,
        needs=_SPARK,
    ),
    Typical(
        "8",
        "`spark-submit --class X [--jars A,B] s3://B/app.jar args`",
        "run",
        "",
        (
            _command(
                "spark-submit", "--class", _COUNT, "--jars", "s3://b/app.jar", "s3://b/app.jar", "s3://b/in"
            ),
        ),
        {"app.jar": "JAR", "in/words": _WORDS},
        said="a: 2",
        needs=_SPARK,
    ),
    Typical(
        "9",
        "`spark-submit --deploy-mode cluster --class X s3a://B/app.jar …`",
        "mapped",
        _MAPPED,
        (
            _command(
                "spark-submit", "--deploy-mode", "cluster", "--class", _COUNT, "s3a://b/app.jar", "s3a://b/in"
            ),
        ),
        {"app.jar": "JAR", "in/words": _WORDS},
        said="a: 2",
        needs=_SPARK,
    ),
    Typical(
        "10",
        "`spark-submit --master yarn-cluster --class X s3://B/a.jar s3n://in s3n://out`",
        "mapped",
        f"{_MAPPED}; a jar for Scala 2.10 fails",
        (
            _command(
                "spark-submit", "--master", "yarn-cluster", "--class", _COUNT, "s3://b/app.jar", "s3n://b/in"
            ),
        ),
        {"app.jar": "JAR", "in/words": _WORDS},
        said="a: 2",
        needs=_SPARK,
    ),
    Typical(
        "11",
        f"`spark-submit --deploy-mode cluster --class {_PI} /usr/lib/spark/examples/jars/spark-examples.jar 10`",
        "mapped",
        _MAPPED,
        (
            _command(
                *("spark-submit", "--deploy-mode", "cluster", "--class", _PI),
                *("/usr/lib/spark/examples/jars/spark-examples.jar", "4"),
            ),
        ),
        said="Pi is roughly 3",
        needs=_SPARK,
    ),
    Typical(
        "12",
        "`/usr/lib/spark/bin/run-example SparkPi 10`",
        "run",
        "",
        (_command("/usr/lib/spark/bin/run-example", "SparkPi", "4"),),
        said="Pi is roughly 3",
        needs=_SPARK,
    ),
    Typical(
        "13",
        "`spark-example SparkPi 10`",
        "run",
        "",
        (_command("spark-example", "SparkPi", "4"),),
        said="Pi is roughly 3",
        needs=_SPARK,
    ),
    Typical(
        "14",
        "`/usr/bin/spark-submit --deploy-mode cluster --py-files S3 s3://B/x.py`",
        "mapped",
        _MAPPED,
        (
            _command(
                "/usr/bin/spark-submit",
                "--deploy-mode",
                "cluster",
                "--py-files",
                "s3://b/own.py",
                "s3://b/main.py",
            ),
        ),
        {"main.py": "import own\nprint(own.WORD)\n", "own.py": "WORD = 'of its own'\n"},
        said="of its own",
        needs=_SPARK,
    ),
    Typical(
        "15",
        "`spark-submit --packages io.delta:delta-core_2.12:2.0.0 --conf spark.sql.extensions=… s3://B/x.py`",
        "fails",
        "unresolved dependency, unless a Maven repository can be reached",
    ),
    Typical(
        "16",
        "Delta without packages (`delta-defaults`)",
        "fails",
        "emrsim install --jar FILE as delta",
        (
            _command(
                *("spark-submit", "--conf", "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension"),
                *(
                    "--conf",
                    "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
                ),
                "s3://b/x.py",
            ),
        ),
        {
            "x.py": "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nspark.range(1).write.format('delta').save('s3://b/t')\n"
        },
        needs=_SPARK,
    ),
    Typical(
        "17",
        "`spark-submit --packages com.audienceproject:spark-dynamodb_2.12:1.1.2 …`",
        "fails",
        "unresolved dependency, unless a Maven repository can be reached",
    ),
    Typical(
        "18",
        "`spark-submit --deploy-mode cluster --jars /usr/lib/hudi/hudi-spark-bundle.jar --conf …KryoSerializer s3://B/x.py`",
        "fails",
        "hudi",
        (
            _command(
                *(
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--jars",
                    "/usr/lib/hudi/hudi-spark-bundle.jar",
                ),
                *("--conf", "spark.serializer=org.apache.spark.serializer.KryoSerializer", "s3://b/x.py"),
            ),
        ),
        {
            "x.py": "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nspark.range(1).write.format('hudi').save('s3://b/t')\n"
        },
        needs=_SPARK,
    ),
    Typical(
        "19",
        "Hudi's DeltaStreamer: `--class org.apache.hudi.utilities.deltastreamer.HoodieDeltaStreamer hdfs:///user/hadoop/hudi-utilities-bundle.jar …`",
        "fails",
        "hudi-utilities-bundle.jar",
        (
            _command(
                *("spark-submit", "--class", "org.apache.hudi.utilities.deltastreamer.HoodieDeltaStreamer"),
                *("hdfs:///user/hadoop/hudi-utilities-bundle.jar", "--table-type", "COPY_ON_WRITE"),
            ),
        ),
        needs=_SPARK,
    ),
    Typical(
        "20",
        "`spark-submit … --conf spark.executorEnv.YARN_CONTAINER_RUNTIME_TYPE=docker`",
        "mapped",
        "no container: the executors are this machine's processes",
        (
            _command(
                *("spark-submit", "--conf", "spark.executorEnv.YARN_CONTAINER_RUNTIME_TYPE=docker"),
                *("--conf", "spark.yarn.appMasterEnv.YARN_CONTAINER_RUNTIME_TYPE=docker"),
                *("s3://b/x.py", "s3://b/in", "s3://b/out"),
            ),
        ),
        _FILES,
        _COUNTED,
        needs=_SPARK,
    ),
    Typical(
        "21",
        "`spark-submit --master yarn --conf … /opt/emr/generate.py`, put there by a bootstrap action with sudo",
        "run",
        "with private mounts, or as root",
        (
            _command(
                "spark-submit",
                "--master",
                "yarn",
                "--conf",
                "spark.x=y",
                "/opt/emr/generate.py",
                "s3://b/in",
                "s3://b/out",
            ),
        ),
        {
            **_FILES,
            "a.sh": "#!/bin/bash -e\nsudo mkdir -p /opt/emr\nhadoop fs -get s3://b/x.py /opt/emr/generate.py\n",
        },
        _COUNTED,
        params=_bootstrap("s3://b/a.sh"),
        needs=("spark", "shown"),
    ),
    Typical(
        "22",
        "`spark-submit --py-files s3://B/lib.whl s3://B/driver.py main`",
        "run",
        "",
        (
            _command(
                "bash",
                "-c",
                "echo 'WORD = \"wheel\"' > own.py && python3 -m zipfile -c own-1-py3-none-any.whl own.py && hadoop fs -put own-1-py3-none-any.whl s3://b/",
            ),
            _command(
                "spark-submit", "--py-files", "s3://b/own-1-py3-none-any.whl", "s3://b/driver.py", "main"
            ),
        ),
        {"driver.py": "import sys, own\nprint(own.WORD, sys.argv[1])\n"},
        said="wheel main",
        needs=_SPARK,
    ),
    Typical(
        "23",
        "`s3-dist-cp --src=s3://B/p --dest=hdfs:///p` or `--dest=/p`",
        "run",
        "",
        (
            _command("s3-dist-cp", "--src=s3://b/p", "--dest=hdfs:///p"),
            _command("s3-dist-cp", "--src=s3://b/p", "--dest=/q"),
            _command("bash", "-c", "hadoop fs -cat /p/f /q/f"),
        ),
        {"p/f": "copied\n"},
        said="copied\ncopied",
    ),
    Typical(
        "24",
        "`s3-dist-cp --src hdfs:///p --dest s3://B/p --groupBy '.*(part).*' --targetSize 1024 --s3ServerSideEncryption --deleteOnSuccess`",
        "run",
        "",
        (
            _command(
                "bash",
                "-c",
                "echo one | hadoop fs -put - /part-0; echo two | hadoop fs -put - /part-1; hadoop fs -mkdir /p; hadoop fs -mv '/part-*' /p",
            ),
            _command(
                *("s3-dist-cp", "--src", "hdfs:///p", "--dest", "s3://b/p", "--groupBy", ".*(part).*"),
                *("--targetSize", "1024", "--s3ServerSideEncryption", "--deleteOnSuccess"),
            ),
        ),
        {"x": ""},
        {"p/part": "one"},
    ),
    Typical(
        "25",
        "Jar `/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar` or `/home/hadoop/lib/emr-s3distcp-1.0.jar`",
        "run",
        "",
        (
            Step(
                ("--src", "s3://b/p", "--dest", "s3://b/q"),
                "/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar",
            ),
            Step(("--src", "s3://b/p", "--dest", "s3://b/r"), "/home/hadoop/lib/emr-s3distcp-1.0.jar"),
        ),
        {"p/f": "copied"},
        {"q/f": "copied", "r/f": "copied"},
    ),
    Typical(
        "26",
        "`hive-script --run-hive-script --args -f s3://REGION.elasticmapreduce.samples/cloudfront/code/Hive_CloudFront.q -d INPUT=… -d OUTPUT=s3://B/o/`",
        "mapped",
        "Spark SQL runs the HiveQL; query and log are written anew",
        (
            _command(
                *("hive-script", "--run-hive-script", "--args", "-f"),
                "s3://us-east-1.elasticmapreduce.samples/cloudfront/code/Hive_CloudFront.q",
                *("-d", "INPUT=s3://us-east-1.elasticmapreduce.samples", "-d", "OUTPUT=s3://b/o/"),
            ),
        ),
        {"x": ""},
        {"o/os_requests/": "Android\t64"},
        needs=_SPARK,
    ),
    Typical(
        "27",
        "`hive-script --run-hive-script --args -f s3://B/x.hql -dARG1=A -d ARG2=B`",
        "mapped",
        "Spark SQL runs the HiveQL",
        (
            _command(
                "hive-script", "--run-hive-script", "--args", "-f", "s3://b/x.hql", "-dARG1=A", "-d", "ARG2=B"
            ),
        ),
        {"x.hql": "INSERT OVERWRITE DIRECTORY 's3://b/o' SELECT concat('${ARG1}', '${ARG2}');\n"},
        {"o/": "AB"},
        needs=_SPARK,
    ),
    Typical(
        "28",
        "`hive -e 'TEXT'`",
        "mapped",
        "Spark SQL runs the HiveQL",
        (_command("hive", "-e", "SELECT concat('of ', 'hive')"),),
        said="of hive",
        needs=_SPARK,
    ),
    Typical(
        "29",
        "`pig-script --run-pig-script --args -f s3://B/x.pig -p K=V`",
        "fails",
        "install Apache Pig",
        (_command("pig-script", "--run-pig-script", "--args", "-f", "s3://b/x.pig", "-p", "K=V"),),
        {"x.pig": "-- nothing\n"},
    ),
    Typical(
        "30",
        '`state-pusher-script` ("Setup Hadoop Debugging")',
        "run",
        "there is nothing to do",
        (_command("state-pusher-script"),),
        {"x": ""},
        params={"LogUri": "s3://b/logs/"},
        said="keeps the state",
    ),
    Typical(
        "31",
        '`bash -c "aws s3 cp s3://B/x.sh .; chmod +x x.sh; ./x.sh A"`',
        "run",
        "with an AWS CLI",
        (_command("bash", "-c", "aws s3 cp s3://b/x.sh .; chmod +x x.sh; ./x.sh A"),),
        {"x.sh": "#!/bin/bash\necho ran $1\n"},
        said="ran A",
        needs=("aws",),
    ),
    Typical(
        "32",
        '`bash -c "export A=B && spark-submit /home/hadoop/x.py"`',
        "run",
        "",
        (
            _command("hadoop", "fs", "-get", "s3://b/x.py", "/home/hadoop/"),
            _command("bash", "-c", "export A=B && spark-submit /home/hadoop/x.py"),
        ),
        {"x.py": _SAY_PY},
        said="said B",
        needs=_SPARK,
    ),
    Typical(
        "33",
        "`/bin/bash -c 'hdfs dfs -rm -f -r /p'`",
        "run",
        "",
        (
            _command(
                "/bin/bash", "-c", "hdfs dfs -mkdir /p && hdfs dfs -rm -f -r /p && hdfs dfs -rm -f -r /p"
            ),
        ),
        said="Deleted /p",
    ),
    Typical(
        "34",
        "`sudo bash /home/hadoop/setup.sh`",
        "run",
        "",
        (
            _command("hadoop", "fs", "-get", "s3://b/setup.sh", "/home/hadoop/"),
            _command("sudo", "bash", "/home/hadoop/setup.sh"),
        ),
        {"setup.sh": "echo set up\n"},
        said="set up",
    ),
    Typical(
        "35",
        "`sudo aws s3 cp s3://B/jars /usr/lib/spark/jars/ --recursive`",
        "run",
        "with an AWS CLI; the folder is the cluster's own",
        (
            _command("sudo", "aws", "s3", "cp", "s3://b/jars", "/usr/lib/spark/jars/", "--recursive"),
            _command("ls", "/usr/lib/spark/jars/"),
        ),
        {"jars/own.jar": "JAR"},
        said="own.jar",
        needs=("aws",),
    ),
    Typical(
        "36",
        "`hadoop-streaming -files s3://B/m.py -D mapreduce.job.reduces=1 -inputformat …NLineInputFormat -mapper m.py -reducer … -input … -output …`",
        "run",
        "",
        (
            _command(
                *("hadoop-streaming", "-files", "s3://b/m.py", "-D", "mapreduce.job.reduces=1"),
                *("-inputformat", "org.apache.hadoop.mapred.lib.NLineInputFormat", "-mapper", "m.py"),
                *("-reducer", "cat", "-input", "s3://b/in", "-output", "s3://b/out"),
            ),
        ),
        {
            "m.py": "#!/usr/bin/env python3\nimport sys\nfor line in sys.stdin:\n    print('mapped', line.split('\\t')[-1], end='')\n",
            "in/words": _WORDS,
        },
        {"out/part-00000": "mapped a"},
    ),
    Typical(
        "37",
        "script-runner.jar `s3://B/x.sh args`; `/var/ci/x.sh`; `file:/var/ci/x.sh`",
        "run",
        "",
        (
            Step(("s3://b/x.sh", "s3"), SCRIPT_RUNNER),
            _command("bash", "-c", "hadoop fs -get s3://b/x.sh /home/hadoop/; chmod +x /home/hadoop/x.sh"),
            Step(("/home/hadoop/x.sh", "path"), SCRIPT_RUNNER),
            Step(("file:/home/hadoop/x.sh", "file"), SCRIPT_RUNNER),
        ),
        {"x.sh": "#!/bin/bash\necho ran by $1\n"},
        said="ran by file",
    ),
    Typical(
        "38",
        "script-runner.jar `/home/hadoop/spark/bin/spark-submit --class … s3://support.elasticmapreduce/spark/1.2.0/spark-examples-1.2.0-hadoop2.4.0.jar 10`",
        "run",
        "on the Spark there is",
        (
            Step(
                (
                    *("/home/hadoop/spark/bin/spark-submit", "--class", _PI),
                    *("s3://support.elasticmapreduce/spark/1.2.0/spark-examples-1.2.0-hadoop2.4.0.jar", "4"),
                ),
                SCRIPT_RUNNER,
            ),
        ),
        said="Pi is roughly 3",
        params={"AmiVersion": "3.11.0", **_bootstrap("s3://support.elasticmapreduce/spark/install-spark")},
        needs=_SPARK,
    ),
    Typical(
        "39",
        "CUSTOM_JAR: Jar s3://B/x.jar, Args",
        "run",
        "",
        (Step(("wordcount", "s3://b/in", "s3://b/out"), "s3://b/x.jar"),),
        {"x.jar": "HADOOP JAR", "in/words": _WORDS},
        {"out/part-r-00000": "a\t2"},
        needs=_SPARK,
    ),
    Typical(
        "40",
        "StreamingStep of boto 2, Ruby's client, mrjob: `-mapper s3n://… -reducer aggregate -input … -output … -cacheFile …`",
        "run",
        "",
        (
            Step(
                (
                    *(
                        "-mapper",
                        "s3n://elasticmapreduce/samples/wordcount/wordSplitter.py",
                        "-reducer",
                        "aggregate",
                    ),
                    *(
                        "-input",
                        "s3n://b/in",
                        "-output",
                        "s3n://b/out",
                        "-cacheFile",
                        "s3n://b/in/words#words",
                    ),
                ),
                "/home/hadoop/contrib/streaming/hadoop-streaming.jar",
            ),
        ),
        {"in/words": _WORDS},
        {"out/part-00000": "a\t2"},
        params={"AmiVersion": "2.4.11"},
    ),
)

BOOTSTRAP_ACTIONS = (
    Typical(
        "b1",
        "a script with `sudo yum install -y git` and `sudo python3 -m pip install …`",
        "mapped",
        "yum installs nothing and succeeds if the machine has it; pip installs for the cluster",
        (_command("true"),),
        {"a.sh": "#!/bin/bash -ex\nsudo yum -y update\nsudo yum install -y coreutils python3-pip\n"},
        params=_bootstrap("s3://b/a.sh"),
    ),
    Typical(
        "b2",
        "a script with `sudo aws s3 cp s3://B/x.jar /usr/lib/spark/jars/`",
        "run",
        "with an AWS CLI and private mounts",
        (_command("ls", "/usr/lib/spark/jars"),),
        {"a.sh": "#!/bin/bash -e\nsudo aws s3 cp s3://b/own.jar /usr/lib/spark/jars/\n", "own.jar": "JAR"},
        said="own.jar",
        params=_bootstrap("s3://b/a.sh"),
        needs=("aws", "shown"),
    ),
    Typical(
        "b3",
        "`run-if instance.isMaster=true COMMAND`",
        "run",
        "",
        (_command("cat", "/home/hadoop/ran"),),
        {"x": ""},
        said="on the master",
        params=_bootstrap(
            "s3://elasticmapreduce/bootstrap-actions/run-if",
            "instance.isMaster=true",
            "echo on the master > ~/ran",
        ),
    ),
    Typical(
        "b4",
        "a script that goes on if `grep isMaster /mnt/var/lib/info/instance.json | grep false` finds nothing",
        "run",
        "with private mounts",
        (_command("cat", "/home/hadoop/ran"),),
        {
            "a.sh": "#!/bin/bash\nif grep isMaster /mnt/var/lib/info/instance.json | grep false; then exit 0; fi\n"
            "echo on the master > /home/hadoop/ran\n"
        },
        said="on the master",
        params=_bootstrap("s3://b/a.sh"),
        needs=("shown",),
    ),
    Typical(
        "b5",
        "`configure-hadoop -m mapred.reduce.tasks=2`",
        "run",
        "",
        (
            Step(
                ("-mapper", "cat", "-reducer", "cat", "-input", "s3://b/in", "-output", "s3://b/out"),
                "/home/hadoop/contrib/streaming/hadoop-streaming.jar",
            ),
        ),
        {"in/words": _WORDS},
        {"out/part-00001": ""},
        params={
            "AmiVersion": "2.4.11",
            **_bootstrap(
                "s3://elasticmapreduce/bootstrap-actions/configure-hadoop", "-m", "mapred.reduce.tasks=2"
            ),
        },
    ),
    *(
        Typical(
            f"b{number}",
            f"`s3://elasticmapreduce/bootstrap-actions/{name}`",
            "run",
            "it says what it does not do",
            (_command("true"),),
            params=_bootstrap(f"s3://elasticmapreduce/bootstrap-actions/{name}"),
        )
        for number, name in enumerate(
            ("configure-daemons", "install-spark", "install-ganglia", "memory-intensive", "add-swap"), 6
        )
    ),
    Typical(
        "b11",
        "`s3://elasticmapreduce/bootstrap-actions/setup-hbase`",
        "fails",
        "emrsim installs no HBase",
        (_command("true"),),
        params=_bootstrap("s3://elasticmapreduce/bootstrap-actions/setup-hbase"),
    ),
)
