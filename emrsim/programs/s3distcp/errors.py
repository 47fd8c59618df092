"""How a copy is refused or fails, with the exit codes of S3DistCp.

Source of the codes and wordings: public listings of s3-dist-cp 2; a RuntimeException that reaches the top of
a Java program ends it with 1.
"""

from __future__ import annotations

EXIT_FAILED = 1
EXIT_BAD_SIZE = 2
EXIT_BAD_PREFIXES = 3
EXIT_RELATIVE_DESTINATION = 4
EXIT_RELATIVE_SOURCE = 5
EXIT_NO_DESTINATION = 7

RUNTIME = "java.lang.RuntimeException"
ILLEGAL_ARGUMENT = "java.lang.IllegalArgumentException"


class CopyRefused(Exception):
    """Nothing was copied, or not everything.

    `fatal` is what goes to the log first; `exception` the Java exception that would have ended the program,
    with its causes on lines of their own; None where the program ends itself after the log line.
    """

    def __init__(
        self, fatal: str | None = None, *, exception: str | None = None, exit_code: int = EXIT_FAILED
    ) -> None:
        super().__init__(fatal or exception)
        self.fatal = fatal
        self.exception = exception
        self.exit_code = exit_code


def runtime_error(message: str, cause: str | None = None, fatal: str | None = None) -> CopyRefused:
    """A RuntimeException, with what caused it."""
    lines = [f"{RUNTIME}: {message}"]
    if cause is not None:
        lines.append(f"Caused by: {cause}")
    return CopyRefused(fatal, exception="\n".join(lines))
