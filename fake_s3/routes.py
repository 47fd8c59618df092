"""Which operation a request asks for: method, what it is addressed to, and the sub-resource in its query."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response

from fake_s3 import errors
from fake_s3.call import Call
from fake_s3.handlers import buckets, listings, objects

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
    ("POST", "delete"): objects.delete_objects,
}

_OBJECT: Routes = {
    ("GET", ""): objects.get_object,
    ("HEAD", ""): objects.head_object,
    ("PUT", ""): objects.put_object,
    ("DELETE", ""): objects.delete_object,
}


def handler_of(call: Call) -> Handler:
    """The function that answers the request (MethodNotAllowed, NotImplemented)."""
    routes = _OBJECT if call.key else _BUCKET if call.bucket else _SERVICE
    subresource = next((name for name in call.request.args if name in _SUBRESOURCES), "")
    method = call.request.method
    handler = routes.get((method, subresource))
    if handler is not None:
        return handler
    if any(name == subresource for _, name in routes):
        raise errors.method_not_allowed(method)
    raise errors.not_implemented(f"{method} ?{subresource}")


_SUBRESOURCES = {name for routes in (_SERVICE, _BUCKET, _OBJECT) for _, name in routes if name}
