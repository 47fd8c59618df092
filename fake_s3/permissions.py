"""Who may do what: those who sign with a known key everything, others what an ACL gives to everybody."""

from __future__ import annotations

from fake_s3 import acl
from fake_s3.call import Call
from fake_s3.errors import access_denied, no_such_key
from fake_s3.signatures import require_unexpired, verify

_READS = {"GET", "HEAD"}
# What asks for the bucket or object itself; sub-resources have permissions that hardly any ACL gives away.
_PLAIN_ARGUMENTS = {
    "continuation-token", "delimiter", "encoding-type", "fetch-owner", "list-type", "marker", "max-keys",
    "partNumber", "prefix", "start-after", "versionId", "x-id",
}  # fmt: skip


def require_permission(call: Call) -> None:
    """Refuses a request whose signature is wrong, or missing where it takes one (S3Error).

    A service without keys looks at no signature, only at whether the time of a presigned URL is over.
    """
    if call.service.keys is None:
        require_unexpired(call.environ)
    elif verify(call.environ, call.service.keys) is None:
        require_anonymous(call)


def require_expected_owner(call: Call) -> None:
    """Reject a call that expects the bucket, or that of a copy's source, to be somebody else's (S3Error)."""
    for name in ("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER", "HTTP_X_AMZ_SOURCE_EXPECTED_BUCKET_OWNER"):
        expected = call.environ.get(name)
        if expected is not None and expected not in {acl.ACCOUNT_ID, acl.OWNER_ID}:
            if call.bucket:
                call.store.buckets.path(call.bucket)  # a bucket that is not there is nobody's
            raise access_denied()


def require_anonymous(call: Call) -> None:
    """Refuses a request that nobody signed, unless such are allowed, here or by an ACL (S3Error)."""
    if not call.service.allow_anonymous and not _is_public(call):
        raise access_denied()


def _is_public(call: Call) -> bool:
    """Whether an ACL gives everybody what the request asks for (NoSuchBucket, NoSuchKey)."""
    if not call.bucket:
        return False
    call.store.buckets.path(call.bucket)
    if not _PLAIN_ARGUMENTS.issuperset(call.request.args):
        return False
    bucket = acl.load(call.store.metadata.setting(call.bucket, "acl"))
    if call.request.method not in _READS:
        # Of what is addressed to the bucket, a POST is an upload by form.
        is_object = call.key != "" or call.request.method == "POST"
        return is_object and acl.allows_everybody(bucket, "WRITE")
    if not call.key:
        return acl.allows_everybody(bucket, "READ")
    info = call.store.find(call.bucket, call.key)
    if info is not None:
        return acl.allows_everybody(acl.load(info.details.settings.get("acl")), "READ")
    if acl.allows_everybody(bucket, "READ"):
        raise no_such_key(call.key)
    return False
