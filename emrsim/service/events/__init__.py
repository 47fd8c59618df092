"""EMR's events, as EventBridge gets them: made of what happens to clusters, kept, and delivered.

`making` makes them of the emulator's own stream (`service.stream`), with `clusters`, `groups` and `policies`
for the parts; `log` keeps them and tells who listens; `delivery` carries them elsewhere on a thread of its
own, and `sinks` has the file and the address that `--events` names.
"""


class EventsUnwritable(Exception):
    """The file that events are to be written to cannot be opened."""
