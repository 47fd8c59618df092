"""Every error an S3 client can get, each wording once (source: S3 API Reference, Error Responses)."""

from __future__ import annotations


class S3Error(Exception):
    """An answer of S3's other than success: `code` and `message` as S3 words them, `status` over HTTP."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid_bucket_name(bucket: str) -> S3Error:
    return S3Error("InvalidBucketName", f"The specified bucket is not valid: {bucket!r}", 400)


def unusable_key(key: str, why: str) -> S3Error:
    """A key that S3 would take and a directory cannot hold; the code is S3's nearest."""
    return S3Error("InvalidArgument", f"A directory cannot hold the key {key!r}: {why}", 400)
