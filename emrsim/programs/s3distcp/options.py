"""The command line of S3DistCp. Rules without I/O.

Source: EMR Release Guide, UsingEMR_s3distcp; where that is silent, public listings of s3-dist-cp 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emrsim.javaclasses import PatternSyntaxError
from emrsim.javaregex import compile_java
from emrsim.programs.generic import without_generic
from emrsim.programs.s3distcp.errors import (
    EXIT_BAD_SIZE,
    EXIT_RELATIVE_DESTINATION,
    EXIT_RELATIVE_SOURCE,
    ILLEGAL_ARGUMENT,
    CopyRefused,
    runtime_error,
)

# Names, and what `--help` says of them. A value is the word after the name, or follows `=` or `==`.
VALUES = {
    "--src": "Directory to copy files from",
    "--dest": "Directory to copy files to",
    "--srcPattern": "Include only source files matching this pattern",
    "--filesPerMapper": "Accepted; there are no mappers here",
    "--groupBy": "Pattern to group input files by",
    "--targetSize": "Target size for output files, in MiB",
    "--outputCodec": "Compression codec for output files: gzip, gz, lzo, snappy, none or keep",
    "--s3Endpoint": "Accepted; S3 is the directory",
    "--multipartUploadChunkSize": "Accepted; the size in MiB of the parts of an upload",
    "--startingIndex": "The index to start with for file numbering",
    "--outputManifest": "The name of the manifest file",
    "--previousManifest": "The path to an existing manifest file",
    "--requirePreviousManifest": "Require that a previous manifest is present if specified",
    "--storageClass": "Accepted: STANDARD, STANDARD_IA or REDUCED_REDUNDANCY",
    "--srcPrefixesFile": "File containing a list of source URI prefixes",
    "--tmpDir": "Accepted; each output is made beside its place",
}
FLAGS = {
    "--help": "Print help text",
    "--deleteOnSuccess": "Delete input files after a successful copy",
    "--disableMultipartUpload": "Accepted; disable the use of multipart upload",
    "--numberFiles": "Prepend sequential numbers to the file names",
    "--s3ServerSideEncryption": "Accepted; copy files to S3 using Amazon S3 server-side encryption",
    "--copyFromManifest": "Copy from a manifest instead of listing a directory",
}
# The guide shows it without a value; s3-dist-cp 2 wants one.
FLAGS_OR_VALUES = {"--appendToLastFile": "Append to the files that were copied before"}
_WITHOUT_EFFECT = (
    "--s3ServerSideEncryption", "--storageClass", "--s3Endpoint", "--disableMultipartUpload",
    "--multipartUploadChunkSize", "--filesPerMapper", "--tmpDir",
)  # fmt: skip
_STORAGE_CLASSES = ("STANDARD", "STANDARD_IA", "REDUCED_REDUNDANCY")
_CODECS = {
    "gzip": "gz",
    "gz": "gz",
    "lzo": "lzo",
    "lzop": "lzo",
    "snappy": "snappy",
    "none": "",
    "keep": None,
}
_MIB = 1 << 20
_PART_SIZES_MIB = range(5, 5121)
_INT_MAX = 2**31 - 1
_LONG_MAX = 2**63 - 1
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(//)?", re.IGNORECASE)


@dataclass(frozen=True)
class Options:
    """What to copy, and how. `codec` is a file name ending: "" decompresses, None keeps what is there."""

    source: str
    destination: str
    source_pattern: re.Pattern[str] | None
    group_by: re.Pattern[str] | None
    target_bytes: int | None
    append: bool
    codec: str | None
    delete_on_success: bool
    starting_index: int | None  # None: outputs are not numbered
    output_manifest: str | None
    previous_manifest: str | None
    requires_previous_manifest: bool
    copies_from_manifest: bool
    source_prefixes_file: str | None
    without_effect: tuple[str, ...]  # options accepted that change nothing here, as they were written


def help_text() -> str:
    """What `--help` prints."""
    lines = [f"     {name}=VALUE   -   {about}" for name, about in VALUES.items()]
    lines += [f"     {name}   -   {about}" for name, about in {**FLAGS, **FLAGS_OR_VALUES}.items()]
    return "\n".join(["Options:", *lines, ""])


def parse(arguments: Sequence[str]) -> Options | None:
    """The options in `arguments`; None if help is asked for. Raises CopyRefused."""
    found = _split(without_generic(arguments))
    if "--help" in found:
        return None
    for name in ("--src", "--dest"):
        if name not in found:
            raise runtime_error(f"expected argument {name}")
    _check_those_without_effect(found)
    _check_absolute(found)
    return Options(
        source=found["--src"],
        destination=found["--dest"],
        source_pattern=_source_pattern(found.get("--srcPattern")),
        group_by=_group_by(found.get("--groupBy")),
        target_bytes=_target_bytes(found.get("--targetSize")),
        append=_is_true(found.get("--appendToLastFile", "false")),
        codec=_codec(found.get("--outputCodec", "keep")),
        delete_on_success="--deleteOnSuccess" in found,
        starting_index=_starting_index(found),
        output_manifest=found.get("--outputManifest"),
        previous_manifest=found.get("--previousManifest"),
        requires_previous_manifest=_is_true(found.get("--requirePreviousManifest", "true")),
        copies_from_manifest="--copyFromManifest" in found,
        source_prefixes_file=found.get("--srcPrefixesFile"),
        without_effect=tuple(
            f"{name}={found[name]}" if found[name] else name for name in _WITHOUT_EFFECT if name in found
        ),
    )


def _split(arguments: Sequence[str]) -> dict[str, str]:
    """Names with their values; the last of a name counts."""
    found: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        name, separator, value = word.partition("=")
        if word in FLAGS:
            found[word] = ""
        elif word in FLAGS_OR_VALUES:
            found[word] = waiting.pop(0) if waiting and waiting[0].lower() in ("true", "false") else "true"
        elif name in FLAGS_OR_VALUES or (name in VALUES and separator):
            found[name] = value.removeprefix("=")
        elif name in VALUES:
            if not waiting:
                raise runtime_error(f"expected argument for {name} but no argument was given")
            found[name] = waiting.pop(0)
        else:
            raise runtime_error(f"Argument {word} doesn't match.")
    return found


def _check_those_without_effect(found: Mapping[str, str]) -> None:
    part = found.get("--multipartUploadChunkSize")
    if part is not None and (size := _integer(part, _INT_MAX)) not in _PART_SIZES_MIB:
        which = "small" if size < _PART_SIZES_MIB.start else "large"
        raise CopyRefused(
            f"Multipart upload part size of {size} MiB is too {which}.", exit_code=EXIT_BAD_SIZE
        )
    storage_class = found.get("--storageClass")
    if storage_class is not None and storage_class not in _STORAGE_CLASSES:
        raise CopyRefused(exception=f"{ILLEGAL_ARGUMENT}: Cannot create enum from {storage_class} value!")


def _check_absolute(found: Mapping[str, str]) -> None:
    for name, word, exit_code in (
        ("--src", "Source", EXIT_RELATIVE_SOURCE),
        ("--dest", "Destination", EXIT_RELATIVE_DESTINATION),
    ):
        path = found[name]
        if not _SCHEME.match(path) and not path.startswith("/"):
            raise CopyRefused(f"{word} path must be absolute", exit_code=exit_code)


def _source_pattern(text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        return compile_java(text)
    except PatternSyntaxError as error:
        raise CopyRefused(exception=f"java.util.regex.PatternSyntaxException: {error}") from error


def _group_by(text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    if "(" not in text or ")" not in text:
        raise CopyRefused("Group by pattern must contain at least one group.  Use () to enclose a group")
    try:
        pattern = compile_java(text)
    except PatternSyntaxError as error:
        raise CopyRefused(f"Invalid group by pattern: {error}") from error
    if not pattern.groups:
        # s3-dist-cp would go on, and find that no file has a group: then nothing is there to copy.
        raise CopyRefused("Group by pattern must contain at least one group.  Use () to enclose a group")
    return pattern


def _target_bytes(text: str | None) -> int | None:
    return None if text is None else _integer(text, _INT_MAX) * _MIB


def _starting_index(found: Mapping[str, str]) -> int | None:
    index = _integer(found.get("--startingIndex", "0"), _LONG_MAX)
    return index if "--numberFiles" in found else None


def _codec(text: str) -> str | None:
    try:
        return _CODECS[text.lower()]
    except KeyError:
        raise runtime_error(f"Unsupported output codec: {text}") from None


def _integer(text: str, greatest: int) -> int:
    """Java's Integer.valueOf or Long.valueOf."""
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", text) or not -greatest - 1 <= int(text) <= greatest:
        raise CopyRefused(exception=f'java.lang.NumberFormatException: For input string: "{text}"')
    return int(text)


def _is_true(text: str) -> bool:
    """Java's Boolean.valueOf."""
    return text.lower() == "true"
