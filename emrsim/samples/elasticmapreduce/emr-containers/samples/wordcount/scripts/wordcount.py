"""Count the words of texts: `wordcount.py OUTPUT` writes how often each word of the sample's input is there."""

import sys
from operator import add

from pyspark.sql import SparkSession

INPUT = "s3://us-east-1.elasticmapreduce/emr-containers/samples/wordcount/input"

if __name__ == "__main__":
    output = sys.argv[1]
    spark = SparkSession.builder.appName("wordcount").getOrCreate()
    lines = spark.read.text(INPUT).rdd.map(lambda row: row[0])
    counts = lines.flatMap(lambda line: line.split()).map(lambda word: (word, 1)).reduceByKey(add)
    counts.map(lambda pair: f"{pair[0]},{pair[1]}").saveAsTextFile(output)
    spark.stop()
