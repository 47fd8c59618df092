"""The S3 endpoint as a WSGI application."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from flask import Flask, Response, g, request

from fake_s3 import xml
from fake_s3.address import address, raw_path
from fake_s3.browser import refuse_foreign
from fake_s3.call import Call, Service, empty
from fake_s3.conditions import NotModified
from fake_s3.errors import S3Error, access_denied
from fake_s3.handlers.post import post_object
from fake_s3.headers import object_headers, take_headers_from_query
from fake_s3.multipart import Uploads
from fake_s3.permissions import require_permission
from fake_s3.routes import handler_of
from fake_s3.store import ObjectStore


def create_app(
    store: ObjectStore,
    keys: Mapping[str, str] | None = None,
    allow_anonymous: bool = False,
    allowed_hosts: Collection[str] = (),
) -> Flask:
    """The application that serves `store`.

    With `keys` (secrets by access key) requests have to be signed with one of them, or not signed at all
    where `allow_anonymous`; without, nobody's credentials are checked. `allowed_hosts` are names of this
    server beside the machine's own, see `fake_s3.browser`.
    """
    app = Flask(__name__, static_folder=None)
    service = Service(store, Uploads(store), keys, allow_anonymous)

    # Not a view: Flask's routing would merge the slashes of a key and take it for a path of its own.
    @app.before_request
    def serve() -> Response:
        return _serve(service, allowed_hosts)

    @app.after_request
    def stamp(response: Response) -> Response:
        response.headers["x-amz-request-id"] = _request_id()
        response.headers["x-amz-id-2"] = secrets.token_urlsafe(48)
        response.headers["Server"] = "AmazonS3"
        return response

    return app


def _serve(service: Service, allowed_hosts: Collection[str]) -> Response:
    try:
        if why := refuse_foreign(request.environ, allowed_hosts):
            raise access_denied(f"The request was refused: {why}")
        call = Call(request, service, *address(request.environ))
        handler = handler_of(call)
        if handler is not post_object:  # whose form is signed, not the request
            require_permission(call)
        take_headers_from_query(request.environ, request.args)
        return handler(call)
    except NotModified as unchanged:
        headers = object_headers(unchanged.info, with_checksum=False)
        del headers["Content-Type"]
        return empty(304, headers)
    except S3Error as error:
        return error_answer(error)


def _request_id() -> str:
    """The id of the request at hand, the same however often it is asked for."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8).upper()
    return str(g.request_id)


def error_answer(error: S3Error) -> Response:
    """The error document; a HEAD has the status alone."""
    fields = [("Code", error.code), ("Message", error.message), *error.fields.items()]
    fields += [("Resource", raw_path(request.environ)), ("RequestId", _request_id())]
    body = b"" if request.method == "HEAD" else xml.document("Error", fields, namespace="")
    return Response(body, error.status, error.headers, content_type=xml.CONTENT_TYPE)
