"""What can be wrong with a record."""


class RecordError(Exception):
    """The record cannot be used at all; the message names the file and what to do."""


class RecordUnavailable(Exception):
    """The record cannot be written for now: no room, read-only. Nothing was changed."""
