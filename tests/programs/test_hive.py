"""`hive` on real tables: what Spark SQL by itself would pass over in silence takes effect, or fails."""

from __future__ import annotations

import gzip
import os

import pytest

from tests.programs.cluster import Master, write

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("hadoop")]

TRIMMED = """
set hive.cli.print.header=true;
set hive.exec.dynamic.partition.mode=nonstrict;
CREATE EXTERNAL TABLE plain (id string, name string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
LOCATION 's3://b/csv' TBLPROPERTIES ('skip.header.line.count'='1', 'skip.footer.line.count'='2');
SELECT id, name FROM plain ORDER BY id;
set hive.cli.print.header=false;
CREATE EXTERNAL TABLE quoted (id string, name string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3a://b/csv';
SELECT 'quoted', count(*) FROM quoted;
ALTER TABLE quoted SET TBLPROPERTIES ('skip.header.line.count'='2');
SELECT 'quoted', count(*) FROM quoted;
ALTER TABLE quoted UNSET TBLPROPERTIES ('skip.header.line.count');
SELECT 'quoted', count(*) FROM quoted;
CREATE EXTERNAL TABLE parts (id string) PARTITIONED BY (day string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '/parts' TBLPROPERTIES ('skip.header.line.count'='1');
MSCK REPAIR TABLE parts;
SELECT day, count(*) FROM parts GROUP BY day ORDER BY day;
SELECT count(*) FROM parts WHERE day = 'b';
set hive.exec.compress.output=true;
set mapred.output.compression.codec=org.apache.hadoop.io.compress.GzipCodec;
INSERT OVERWRITE DIRECTORY 's3://b/out' ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' NULL DEFINED AS 'none'
SELECT id, nullif(name, 'b') FROM plain ORDER BY id;
"""

SERDES = """
ADD JAR /usr/lib/hive-hcatalog/share/hcatalog/hive-hcatalog-core-2.3.4-amzn-1.jar;
DROP TABLE json;
CREATE EXTERNAL TABLE json (id int, tags array<string>, more struct<Price:decimal(5,2),seen:map<string,date>>)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' LOCATION 's3://b/json';
INSERT INTO json SELECT 3, array('q'), named_struct('Price', 1.25BD, 'seen', map('k', date '2020-01-02'));
SELECT id, tags[0], more.price, more.seen['k'] FROM json ORDER BY id;
CREATE EXTERNAL TABLE json3 (ID bigint, extra string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.JsonSerDe' LOCATION 's3://b/json';
SELECT id, extra FROM json3 ORDER BY id;
CREATE EXTERNAL TABLE multi (a string, b array<int>) ROW FORMAT SERDE
'org.apache.hadoop.hive.contrib.serde2.MultiDelimitSerDe'
WITH SERDEPROPERTIES ('field.delim'='~|', 'collection.delim'=':') LOCATION 's3://b/multi';
INSERT INTO multi SELECT 'w', array(5, 6);
SELECT a, b[1] FROM multi ORDER BY a;
CREATE EXTERNAL TABLE log (host string, code string) ROW FORMAT SERDE
'org.apache.hadoop.hive.contrib.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex'='(\\\\S+) - (\\\\d+)', 'output.format.string'='%1$s - %2$s')
LOCATION 's3://b/log';
INSERT INTO log SELECT 'h3', '500';
SELECT host, code FROM log WHERE host IS NOT NULL ORDER BY host;
"""


def test_headers_and_footers_are_no_rows_and_files_are_called_as_hives(master: Master) -> None:
    master.put("b/csv/1.csv", "id,name\n1,a\n2,b\nTOTAL,2\nEND\n")
    master.put("b/csv/2.csv.gz", gzip.compress(b"id,name\n3,c\nTOTAL,1\nEND\n"))
    master.put("b/csv/3.csv", "id,name\n")
    write(master.hdfs / "parts/day=a/1", "id\n1\n2\n")
    write(master.hdfs / "parts/day=b/1", "id\n3\n")
    master.put("b/q.q", TRIMMED)

    ended = master.run("hive", "-f", "s3://b/q.q")

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        *("id\tname", "1\ta", "2\tb", "3\tc"),
        *("quoted\t10", "quoted\t5", "quoted\t10"),
        *("a\t2", "b\t1", "1"),
    ]
    assert os.listdir(master.root / "b/out") == ["000000_0.gz"]
    assert gzip.decompress((master.root / "b/out/000000_0.gz").read_bytes()) == b"1|a\n2|none\n3|c\n"


def test_serdes_of_emr_read_and_write(master: Master) -> None:
    master.put(
        "b/json/1", '{"ID": 1, "tags": ["x"], "more": {"price": 9.5}}\n{"id": 2, "extra": {"a": [1]}}\n'
    )
    master.put("b/multi/1", "u~|1:2\nv~|3:4\n")
    master.put("b/log/1", "h1 - 200\nnonsense\nh2 - 404\n")

    ended = master.run("hive", "-e", SERDES)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        *("1\tx\t9.50\tNULL", "2\tNULL\tNULL\tNULL", "3\tq\t1.25\t2020-01-02"),
        *("1\tNULL", '2\t{"a":[1]}', "3\tNULL"),
        *("u\t2", "v\t4", "w\t6"),
        *("h1\t200", "h2\t404", "h3\t500"),
    ]
    assert (master.root / "b/multi/000000_0").read_text() == "w~|5:6\n"
    assert (master.root / "b/log/000000_0").read_text() == "h3 - 500\n"


def test_count_that_is_no_number_fails(master: Master) -> None:
    master.put("b/csv/1.csv", "id\n1\n")
    location = "LOCATION 's3://b/csv' TBLPROPERTIES ('skip.header.line.count'='one')"

    ended = master.run("hive", "-e", f"CREATE EXTERNAL TABLE t (id string) {location}; SELECT * FROM t;")

    assert ended.returncode != 0
    assert ended.stdout == ""
    assert "skip.header.line.count is not a number of lines: one" in ended.stderr
