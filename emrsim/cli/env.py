"""`emrsim env`: how clients find the emulator with no change of code."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

# boto 2 takes one host and port for every service from [Credentials] s3_host and s3_port: EMR and S3
# sharing a port is what makes this work (source: client facts, boto 2, "Without a code change").
_BOTO_CONFIG = """\
# Points every service of boto 2 at emrsim. Used when BOTO_CONFIG names this file, or as ~/.boto.

[Credentials]
# Any keys will do: emrsim does not check them.
aws_access_key_id = emrsim
aws_secret_access_key = emrsim
# Host and port of S3, which boto 2 uses for EMR and all other services as well.
s3_host = {host}
s3_port = {port}

[Boto]
# Plain HTTP.
is_secure = False

[s3]
# http://host/bucket/key; the default, http://bucket.host/key, needs a name service.
calling_format = boto.s3.connection.OrdinaryCallingFormat
"""

_ENVIRONMENT = """\
# boto 2: EmrConnection(), boto.connect_emr() and boto.connect_s3() reach emrsim through this file.
export BOTO_CONFIG={config}
# boto3 and the AWS CLI.
export AWS_ENDPOINT_URL={url}
export AWS_DEFAULT_REGION=us-east-1
# Any keys will do: emrsim does not check them.
export AWS_ACCESS_KEY_ID=emrsim
export AWS_SECRET_ACCESS_KEY=emrsim
"""


def boto_config(host: str, port: int) -> str:
    """The text of a boto 2 config file for an emulator at that address."""
    return _BOTO_CONFIG.format(host=host, port=port)


def environment(host: str, port: int, config: Path) -> str:
    """Shell lines, with comments, that point clients at an emulator at that address."""
    return _ENVIRONMENT.format(config=shlex.quote(str(config)), url=f"http://{host}:{port}")


def write_env(host: str, port: int, path: Path) -> None:
    """Write the config file and print the shell lines. Exits with 2 if the file cannot be written."""
    try:
        path.write_text(boto_config(host, port), encoding="utf-8")
    except OSError as error:
        print(f"emrsim: {path} cannot be written: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    print(environment(host, port, path.absolute()), end="")
