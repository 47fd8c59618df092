"""The durable record of an emulator: every event, before its effects are carried out or its call is answered.

`file` keeps events, pictures of clusters and other values in one SQLite file; `codec` turns them into bytes;
`clusters` is the emulator's mapping of clusters, of which those that have ended are read when asked for.
"""

FILE_NAME = "state.sqlite"
