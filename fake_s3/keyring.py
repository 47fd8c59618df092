"""The access keys that requests may be signed with, from a file in the format of ~/.aws/credentials."""

from __future__ import annotations

from configparser import ConfigParser, Error
from pathlib import Path


class UnusableKeys(Exception):
    """The file gives no keys; the message says why."""


def read_keys(path: Path) -> dict[str, str]:
    """The secrets of all profiles by access key id; so the file that clients use serves here too."""
    parser = ConfigParser(interpolation=None)
    try:
        with path.open() as file:
            parser.read_file(file)
    except (OSError, Error, UnicodeDecodeError) as error:
        raise UnusableKeys(f"{path}: {error}") from error
    keys = {
        section["aws_access_key_id"]: section["aws_secret_access_key"]
        for section in (parser[name] for name in parser.sections())
        if "aws_access_key_id" in section and "aws_secret_access_key" in section
    }
    if not keys:
        raise UnusableKeys(f"{path}: no profile has aws_access_key_id and aws_secret_access_key")
    return keys
