"""Buckets themselves: list, create, head, delete, where they are."""

from __future__ import annotations

import time

from werkzeug.wrappers import Response

from fake_s3 import acl, errors, xml
from fake_s3.acl import OWNER
from fake_s3.call import Call, answer, empty
from fake_s3.handlers.common import isoformat, whole_number
from fake_s3.listing import Query

_PAGE_MAX = 10_000  # source: S3 API Reference, ListBuckets


def list_buckets(call: Call) -> Response:
    """ListBuckets, with its paging."""
    prefix, token, region = call.arg("prefix"), call.arg("continuation-token"), call.arg("bucket-region")
    limit = whole_number(call, "max-buckets", _PAGE_MAX, _PAGE_MAX)
    if limit < 1:
        why = f"Argument max-buckets must be an integer between 1 and {_PAGE_MAX}"
        raise errors.invalid_argument("max-buckets", call.arg("max-buckets"), why)
    found = [b for b in call.store.buckets.all() if b.name.startswith(prefix) and b.name > token]
    found = [b for b in found if region in {"", b.region}]
    nodes = [
        (
            "Bucket",
            [
                ("Name", bucket.name),
                ("CreationDate", isoformat(bucket.created)),
                *_region(call, bucket.region),
            ],
        )
        for bucket in found[:limit]
    ]
    children: list[xml.Node] = [("Owner", OWNER), ("Buckets", nodes)]
    if len(found) > limit:
        children.append(("ContinuationToken", found[limit - 1].name))
    if prefix:
        children.append(("Prefix", prefix))
    return answer("ListAllMyBucketsResult", children)


def create_bucket(call: Call) -> Response:
    """CreateBucket; the region is remembered."""
    body = call.text()
    region = "us-east-1"
    if body.strip():
        configuration = xml.parse(body, "CreateBucketConfiguration")
        region = configuration.findtext("LocationConstraint") or region
    grants = acl.from_headers(call.headers)
    if call.header("x-amz-bucket-object-lock-enabled") == "true":
        raise errors.not_implemented("buckets with object locks")
    settings = {"acl": acl.dump(grants)} if grants else {}
    call.store.buckets.create(call.bucket, region, time.time(), settings)
    return empty(200, {"Location": f"/{call.bucket}"})


def head_bucket(call: Call) -> Response:
    """HeadBucket."""
    bucket = call.store.buckets.describe(call.bucket)
    return empty(200, {"x-amz-bucket-region": bucket.region, "x-amz-access-point-alias": "false"})


def delete_bucket(call: Call) -> Response:
    """DeleteBucket; refused while there is an object in it."""
    call.store.buckets.writable_path(call.bucket)
    if call.store.list_page(call.bucket, Query(limit=1)).page.keys:
        raise errors.bucket_not_empty(call.bucket)
    call.store.buckets.delete(call.bucket)
    call.uploads.abort_all(call.bucket)
    return empty()


def get_bucket_location(call: Call) -> Response:
    """GetBucketLocation; us-east-1 is the empty one."""
    region = call.store.buckets.describe(call.bucket).region
    text = "" if region == "us-east-1" else region
    namespace = f' xmlns="{xml.NAMESPACE}"'
    inner = f"<LocationConstraint{namespace}>{xml.escape(text)}</LocationConstraint>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{inner}', mimetype=xml.CONTENT_TYPE)


def _region(call: Call, region: str) -> list[xml.Node]:
    # Only shown to those who page (source: S3 API Reference, ListBuckets).
    return [("BucketRegion", region)] if call.arg("max-buckets") else []
