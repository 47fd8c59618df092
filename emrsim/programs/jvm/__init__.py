"""Programs that run on Java, with the Hadoop and Spark that the package pyspark brings."""
