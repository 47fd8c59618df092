"""The Sparks and Javas that are installed here, which of them a cluster's steps use, and how more get here.

    runtime = spark_runtime(Wanted("3.5.6", "emr-7.12.0"))
    runtime.spark.home, runtime.java.command, runtime.remarks

They are below the cache folder (`cache.py`), each in a folder of its own that appears once it is complete.
"""
