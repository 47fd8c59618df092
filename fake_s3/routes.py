"""Which operation a request asks for: method, what it is addressed to, and the sub-resource in its query."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug.wrappers import Response

from fake_s3 import errors
from fake_s3.call import Call
from fake_s3.handlers import attributes, buckets, listings, multipart, objects, post, settings, tagging

Handler = Callable[[Call], Response]
# By method and sub-resource; "" is the bucket or object itself.
Routes = Mapping[tuple[str, str], Handler]

_SERVICE: Routes = {
    ("GET", ""): buckets.list_buckets,
}

_BUCKET: Routes = {
    ("GET", ""): listings.list_objects,
    ("GET", "list-type"): listings.list_objects_v2,
    ("GET", "versions"): listings.list_object_versions,
    ("GET", "location"): buckets.get_bucket_location,
    ("HEAD", ""): buckets.head_bucket,
    ("PUT", ""): buckets.create_bucket,
    ("DELETE", ""): buckets.delete_bucket,
    ("POST", ""): post.post_object,
    ("POST", "delete"): objects.delete_objects,
    ("GET", "uploads"): multipart.list_multipart_uploads,
    ("GET", "acl"): settings.get_bucket_acl,
    ("PUT", "acl"): settings.put_bucket_acl,
    ("GET", "policy"): settings.get_bucket_policy,
    ("PUT", "policy"): settings.put_bucket_policy,
    ("DELETE", "policy"): settings.delete_bucket_policy,
    ("GET", "policyStatus"): settings.get_bucket_policy_status,
    ("GET", "tagging"): settings.get_bucket_tagging,
    ("PUT", "tagging"): settings.put_bucket_tagging,
    ("DELETE", "tagging"): settings.delete_bucket_tagging,
    ("GET", "versioning"): settings.get_bucket_versioning,
    ("PUT", "versioning"): settings.put_bucket_versioning,
    ("GET", "object-lock"): settings.get_object_lock_configuration,
    ("GET", "analytics"): settings.get_configuration,
    ("GET", "inventory"): settings.get_configuration,
    ("GET", "metrics"): settings.get_configuration,
    ("GET", "intelligent-tiering"): settings.get_configuration,
    **{("GET", name): settings.get_document for name in settings.DOCUMENTS},
    **{("PUT", name): settings.put_document for name in settings.DOCUMENTS},
    **{("DELETE", name): settings.delete_document for name in settings.DOCUMENTS},
}

_OBJECT: Routes = {
    ("GET", ""): objects.get_object,
    ("HEAD", ""): objects.head_object,
    ("PUT", ""): objects.put_object,
    ("DELETE", ""): objects.delete_object,
    ("POST", "uploads"): multipart.create_multipart_upload,
    ("PUT", "uploadId"): multipart.upload_part,
    ("GET", "uploadId"): multipart.list_parts,
    ("POST", "uploadId"): multipart.complete_multipart_upload,
    ("DELETE", "uploadId"): multipart.abort_multipart_upload,
    ("GET", "attributes"): attributes.get_object_attributes,
    ("GET", "acl"): attributes.get_object_acl,
    ("PUT", "acl"): attributes.put_object_acl,
    ("GET", "tagging"): tagging.get_object_tagging,
    ("PUT", "tagging"): tagging.put_object_tagging,
    ("DELETE", "tagging"): tagging.delete_object_tagging,
    ("GET", "retention"): attributes.get_object_lock,
    ("PUT", "retention"): attributes.put_object_lock,
    ("GET", "legal-hold"): attributes.get_object_lock,
    ("PUT", "legal-hold"): attributes.put_object_lock,
    ("POST", "restore"): attributes.restore_object,
}


def handler_of(call: Call) -> Handler:
    """The function that answers the request (MethodNotAllowed, NotImplemented)."""
    routes = _OBJECT if call.key else _BUCKET if call.bucket else _SERVICE
    subresource = next((name for name in call.request.args if name in _SUBRESOURCES), "")
    method = call.request.method
    handler = routes.get((method, subresource))
    if handler is not None:
        return handler
    if method == "OPTIONS":
        raise errors.no_cors(call.header("Origin"))
    if any(name == subresource for _, name in routes):
        raise errors.method_not_allowed(method)
    raise errors.not_implemented(f"{method} ?{subresource}")


# Known to S3 and not built here: never to be taken for a request of the bucket or object itself.
_UNSUPPORTED = {
    "abac", "annotation", "encryption-context", "metadataAnnotationTable", "metadataConfiguration",
    "metadataInventoryTable", "metadataJournalTable", "metadataTable", "renameObject", "select", "session",
    "torrent",
}  # fmt: skip
_SUBRESOURCES = _UNSUPPORTED | {name for routes in (_SERVICE, _BUCKET, _OBJECT) for _, name in routes if name}
