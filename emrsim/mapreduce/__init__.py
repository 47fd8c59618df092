"""Hadoop streaming on one machine; nothing here knows of EMR.

The way of a record, room by room:

1. `job`: the arguments and properties become a `Job`, which nothing changes.
2. `input`: paths become files, files become splits, and a reader yields the records of a split as pairs.
3. `formats`: an `Exchange` turns pairs into the bytes that a mapper reads, and a decoder what the mapper
   prints into batches: `Lines`, or `Pairs` of keys and values.
4. `tasks`: an attempt of a map task runs the mapper between the two, and adds each batch to its `MapOutput`.
5. `shuffle`: outputs are partitioned, combined and sorted, as Python lists, as columns or on disk; a reducer
   gets the `ReduceInput` of its partition.
6. `tasks`: an attempt of a reduce task runs the reducer, and writes what it prints into a `PartFile`; the
   `Committer` makes the files visible when the whole job has succeeded.

`runner` does this for all tasks of a job, `command` is `hadoop jar hadoop-streaming.jar` as a function, and
`report` has counters, progress and logs. A room imports from those below it only (pyproject.toml).
"""
