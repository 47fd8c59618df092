"""The sub-resources of buckets: documents that are kept and shown, and the answers of a bucket without them.

What a document asks for (rules of a lifecycle, a policy, notifications ...) is not carried out. Where taking
it without doing it could cost somebody data, it is refused: versions and object locks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from werkzeug.wrappers import Response

from fake_s3 import acl, errors, xml
from fake_s3.call import Call, answer, empty
from fake_s3.handlers.tagging import read_tag_set, tag_set
from fake_s3.headers import checked_tags

_BUCKET_TAGS_MAX = 50  # source: S3 User Guide, Using cost allocation S3 bucket tags


@dataclass(frozen=True, slots=True)
class Document:
    """A sub-resource: its root element, and what a bucket without it answers: children, or an error."""

    root: str
    default: list[xml.Node] | None = None
    missing_code: str = ""
    missing_message: str = ""


_AES256: list[xml.Node] = [
    (
        "Rule",
        [("ApplyServerSideEncryptionByDefault", [("SSEAlgorithm", "AES256")]), ("BucketKeyEnabled", "false")],
    )
]
DOCUMENTS = {
    "accelerate": Document("AccelerateConfiguration", default=[]),
    "cors": Document(
        "CORSConfiguration",
        missing_code="NoSuchCORSConfiguration",
        missing_message="The CORS configuration does not exist",
    ),
    "encryption": Document("ServerSideEncryptionConfiguration", default=_AES256),
    "lifecycle": Document(
        "LifecycleConfiguration",
        missing_code="NoSuchLifecycleConfiguration",
        missing_message="The lifecycle configuration does not exist",
    ),
    "logging": Document("BucketLoggingStatus", default=[]),
    "notification": Document("NotificationConfiguration", default=[]),
    "ownershipControls": Document(
        "OwnershipControls",
        missing_code="OwnershipControlsNotFoundError",
        missing_message="The bucket ownership controls were not found",
    ),
    "publicAccessBlock": Document(
        "PublicAccessBlockConfiguration",
        missing_code="NoSuchPublicAccessBlockConfiguration",
        missing_message="The public access block configuration was not found",
    ),
    "replication": Document(
        "ReplicationConfiguration",
        missing_code="ReplicationConfigurationNotFoundError",
        missing_message="The replication configuration was not found",
    ),
    "requestPayment": Document("RequestPaymentConfiguration", default=[("Payer", "BucketOwner")]),
    "website": Document(
        "WebsiteConfiguration",
        missing_code="NoSuchWebsiteConfiguration",
        missing_message="The specified bucket does not have a website configuration",
    ),
}


def get_document(call: Call) -> Response:
    """Get... of any document: as it was put, or as a bucket without it answers."""
    name, kind = _document(call)
    call.store.buckets.path(call.bucket)
    kept = call.store.metadata.setting(call.bucket, name)
    if kept is not None:
        return Response(kept.encode(), content_type=xml.CONTENT_TYPE)
    if kind.default is None:
        fields = {"BucketName": call.bucket}
        raise errors.S3Error(kind.missing_code, kind.missing_message, 404, fields)
    return answer(kind.root, kind.default)


def put_document(call: Call) -> Response:
    """Put... of any document: kept as it is, if it is one of its kind."""
    name, kind = _document(call)
    call.store.buckets.writable_path(call.bucket)
    body = call.text()
    xml.parse(body, kind.root)
    call.store.metadata.set(call.bucket, name, body.decode())
    return empty(200)


def delete_document(call: Call) -> Response:
    """Delete... of any document."""
    name, _ = _document(call)
    call.store.buckets.writable_path(call.bucket)
    call.store.metadata.set(call.bucket, name, None)
    return empty()


def _document(call: Call) -> tuple[str, Document]:
    name = next(name for name in DOCUMENTS if name in call.request.args)
    return name, DOCUMENTS[name]


# Policy: a document in JSON


def get_bucket_policy(call: Call) -> Response:
    """GetBucketPolicy."""
    return Response(_policy(call).encode(), content_type="application/json")


def put_bucket_policy(call: Call) -> Response:
    """PutBucketPolicy; kept, not enforced."""
    call.store.buckets.writable_path(call.bucket)
    body = call.text()
    try:
        statements = json.loads(body)["Statement"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise errors.malformed_policy() from error
    if not statements:
        raise errors.malformed_policy()
    call.store.metadata.set(call.bucket, "policy", body.decode())
    return empty()


def delete_bucket_policy(call: Call) -> Response:
    """DeleteBucketPolicy."""
    call.store.buckets.writable_path(call.bucket)
    call.store.metadata.set(call.bucket, "policy", None)
    return empty()


def get_bucket_policy_status(call: Call) -> Response:
    """GetBucketPolicyStatus: public if a statement allows everybody something."""
    statements = json.loads(_policy(call))["Statement"]
    public = any(
        statement.get("Effect") == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"})
        for statement in (statements if isinstance(statements, list) else [statements])
    )
    return answer("PolicyStatus", [("IsPublic", "true" if public else "false")])


def _policy(call: Call) -> str:
    call.store.buckets.path(call.bucket)
    policy = call.store.metadata.setting(call.bucket, "policy")
    if policy is None:
        fields = {"BucketName": call.bucket}
        raise errors.S3Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404, fields)
    return policy


# Tags


def get_bucket_tagging(call: Call) -> Response:
    """GetBucketTagging."""
    call.store.buckets.path(call.bucket)
    kept = call.store.metadata.setting(call.bucket, "tagging")
    if kept is None:
        fields = {"BucketName": call.bucket}
        raise errors.S3Error("NoSuchTagSet", "The TagSet does not exist", 404, fields)
    return answer("Tagging", [tag_set(json.loads(kept))])


def put_bucket_tagging(call: Call) -> Response:
    """PutBucketTagging."""
    call.store.buckets.writable_path(call.bucket)
    tags = checked_tags(read_tag_set(call), _BUCKET_TAGS_MAX)
    call.store.metadata.set(call.bucket, "tagging", json.dumps(tags))
    return empty()


def delete_bucket_tagging(call: Call) -> Response:
    """DeleteBucketTagging."""
    call.store.buckets.writable_path(call.bucket)
    call.store.metadata.set(call.bucket, "tagging", None)
    return empty()


# ACL


def get_bucket_acl(call: Call) -> Response:
    """GetBucketAcl."""
    call.store.buckets.path(call.bucket)
    grants = acl.load(call.store.metadata.setting(call.bucket, "acl"))
    return answer("AccessControlPolicy", acl.to_xml(grants))


def put_bucket_acl(call: Call) -> Response:
    """PutBucketAcl; kept, not enforced."""
    call.store.buckets.writable_path(call.bucket)
    call.store.metadata.set(call.bucket, "acl", acl.dump(read_grants(call)))
    return empty(200)


def read_grants(call: Call) -> list[acl.Grant]:
    """The grants of a PUT of an ACL, from its headers or its body."""
    grants = acl.from_headers(call.headers)
    return grants if grants is not None else acl.from_xml(call.document("AccessControlPolicy"))


# What is answered without being kept


def get_bucket_versioning(call: Call) -> Response:
    """GetBucketVersioning: never was on, or was suspended."""
    call.store.buckets.path(call.bucket)
    status = call.store.metadata.setting(call.bucket, "versioning")
    return answer("VersioningConfiguration", [("Status", status)] if status else [])


def put_bucket_versioning(call: Call) -> Response:
    """PutBucketVersioning: a directory has one version of each file, so it can be suspended only."""
    call.store.buckets.writable_path(call.bucket)
    status = call.document("VersioningConfiguration").findtext("Status")
    if status == "Enabled":
        raise errors.not_implemented("versions of objects: a directory holds one of each")
    if status != "Suspended":
        raise errors.malformed_xml()
    call.store.metadata.set(call.bucket, "versioning", status)
    return empty(200)


def get_object_lock_configuration(call: Call) -> Response:
    """GetObjectLockConfiguration: there is none."""
    call.store.buckets.path(call.bucket)
    raise errors.S3Error(
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
        404,
        {"BucketName": call.bucket},
    )


def get_configuration(call: Call) -> Response:
    """Analytics, inventory, metrics and intelligent tiering: none, whether one or all are asked for."""
    call.store.buckets.path(call.bucket)
    if call.arg("id"):
        raise errors.S3Error("NoSuchConfiguration", "The specified configuration does not exist.", 404)
    roots = {
        "analytics": "ListBucketAnalyticsConfigurationResult",
        "inventory": "ListInventoryConfigurationsResult",
        "metrics": "ListMetricsConfigurationsResult",
        "intelligent-tiering": "ListBucketIntelligentTieringConfigurationsOutput",
    }
    root = next(roots[name] for name in roots if name in call.request.args)
    return answer(root, [("IsTruncated", "false")])
