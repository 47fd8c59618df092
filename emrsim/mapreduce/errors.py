"""How a job is refused or fails.

JobRefused        before anything ran: bad arguments, inputs, output; carries the client's exit code
TaskFailed        one attempt of a task ended badly; the message is Hadoop's cause
JobFailed         a task failed once too often
JobCancelled      a signal asked the job to stop
"""

from __future__ import annotations

EXIT_FAILED = 1
EXIT_FILE_NOT_FOUND = 2
EXIT_BAD_CONFIGURATION = 3
EXIT_OUTPUT_EXISTS_HADOOP_1 = 4
EXIT_IO_ERROR = 5


class JobRefused(Exception):
    """The job does not start.

    `message` goes to the log; `usage` says whether the client points to its help; `bare` marks the
    exceptions that leave the client without its own last line, as a missing `-files` entry does.
    """

    def __init__(
        self, message: str, exit_code: int = EXIT_FAILED, *, usage: bool = False, bare: bool = False
    ) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.usage = usage
        self.bare = bare


class TaskFailed(Exception):
    """An attempt failed; the message is the Java error that Hadoop would print for it."""


class JobFailed(Exception):
    """A task used up its attempts, or the framework itself failed (a full disk)."""


class JobCancelled(Exception):
    """The job was stopped."""
