"""How clients find an emulator with no change of code: boto 2's config file, and the environment of all."""

from __future__ import annotations

from pathlib import Path

REGION = "us-east-1"
KEY = "emrsim"  # both keys; any will do, where signatures are not checked

# boto 2 takes one host and port for every service from [Credentials] s3_host and s3_port: EMR and S3
# sharing a port is what makes this work (source: docs/facts/clients.md#boto-2).
_BOTO_CONFIG = """\
# Points every service of boto 2 at emrsim. Used when BOTO_CONFIG names this file, or as ~/.boto.

[Credentials]
# Any keys will do: emrsim does not check them.
aws_access_key_id = {key}
aws_secret_access_key = {key}
# Host and port of S3, which boto 2 uses for EMR and all other services as well.
s3_host = {host}
s3_port = {port}

[Boto]
# Plain HTTP.
is_secure = False
# By default boto tries six times, which is 93 seconds where nothing listens.
num_retries = 2

[s3]
# http://host/bucket/key; the default, http://bucket.host/key, needs a name service.
calling_format = {calling_format}
"""
CALLING_FORMAT = "boto.s3.connection.OrdinaryCallingFormat"


def boto_config(host: str, port: int) -> str:
    """The text of a boto 2 config file for an emulator at that address."""
    return _BOTO_CONFIG.format(host=host, port=port, key=KEY, calling_format=CALLING_FORMAT)


def client_environment(host: str, port: int, config: Path) -> dict[str, str]:
    """The variables that point boto 2 (through the file `config`), boto3 and the AWS CLI at an emulator."""
    return {
        "BOTO_CONFIG": str(config),
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
    }
