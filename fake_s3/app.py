"""The S3 endpoint as a WSGI application."""

from __future__ import annotations

import secrets

from flask import Flask, Response, request

from fake_s3 import xml
from fake_s3.address import address
from fake_s3.call import Call, empty
from fake_s3.conditions import NotModified
from fake_s3.errors import S3Error
from fake_s3.headers import object_headers
from fake_s3.multipart import Uploads
from fake_s3.routes import handler_of
from fake_s3.store import ObjectStore


def create_app(store: ObjectStore) -> Flask:
    """The application that serves `store`."""
    app = Flask(__name__, static_folder=None)
    uploads = Uploads(store)

    # Not a view: Flask's routing would merge the slashes of a key and take it for a path of its own.
    @app.before_request
    def serve() -> Response:
        return _serve(store, uploads)

    @app.after_request
    def stamp(response: Response) -> Response:
        response.headers["x-amz-request-id"] = secrets.token_hex(8).upper()
        response.headers["x-amz-id-2"] = secrets.token_urlsafe(48)
        response.headers["Server"] = "AmazonS3"
        return response

    return app


def _serve(store: ObjectStore, uploads: Uploads) -> Response:
    try:
        call = Call(request, store, uploads, *address(request.environ))
        return handler_of(call)(call)
    except NotModified as unchanged:
        headers = object_headers(unchanged.info, with_checksum=False)
        del headers["Content-Type"]
        return empty(304, headers)
    except S3Error as error:
        return error_answer(error)


def error_answer(error: S3Error) -> Response:
    """The error document; a HEAD has the status alone."""
    fields = [("Code", error.code), ("Message", error.message), *error.fields.items()]
    fields += [("Resource", request.path), ("RequestId", "0" * 16)]
    body = b"" if request.method == "HEAD" else xml.document("Error", fields, namespace="")
    return Response(body, error.status, error.headers, content_type=xml.CONTENT_TYPE)
