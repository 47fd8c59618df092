"""The S3 endpoint as a WSGI application."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from fake_s3 import xml
from fake_s3.address import address, raw_path, require_utf8_query
from fake_s3.browser import Origin, refuse_foreign
from fake_s3.call import Call, Service, empty
from fake_s3.conditions import NotModified
from fake_s3.errors import S3Error, access_denied, storage_error
from fake_s3.handlers.post import post_object
from fake_s3.headers import object_headers, take_headers_from_query
from fake_s3.metadata import MetadataLost
from fake_s3.multipart import Uploads
from fake_s3.permissions import require_expected_owner, require_permission
from fake_s3.routes import handler_of
from fake_s3.store import ObjectStore

_logger = logging.getLogger(__name__)
_HOST_ID = secrets.token_urlsafe(48)


def create_app(
    store: ObjectStore,
    keys: Mapping[str, str] | None = None,
    allow_anonymous: bool = False,
    allowed_hosts: Collection[str] = (),
    allowed_origins: Collection[Origin] = (),
) -> Flask:
    """The application that serves `store`.

    With `keys` (secrets by access key) requests have to be signed with one of them, or not signed at all
    where `allow_anonymous`; without, nobody's credentials are checked. `allowed_hosts` are names of this
    server beside the machine's own, `allowed_origins` web pages that may call, see `fake_s3.browser`.
    """
    app = Flask(__name__, static_folder=None)
    service = Service(store, Uploads(store), keys, allow_anonymous)
    # In the place of Flask's own, whose routing would merge the slashes of a key, and whose contexts and
    # sessions nobody here needs: they would be a third of the cost of a GET.
    app.wsgi_app = Endpoint(service, allowed_hosts, allowed_origins)  # type: ignore[method-assign]
    return app


class Endpoint:
    """What answers each request."""

    def __init__(
        self, service: Service, allowed_hosts: Collection[str], allowed_origins: Collection[Origin]
    ) -> None:
        self._service = service
        self._allowed_hosts = allowed_hosts
        self._allowed_origins = allowed_origins

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request_id = secrets.token_hex(8).upper()
        response = self._answer(environ, request_id)
        response.headers["x-amz-request-id"] = request_id
        response.headers["x-amz-id-2"] = _HOST_ID
        response.headers["Server"] = "AmazonS3"
        return response(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, request_id: str) -> Response:
        try:
            return self._answer_once(environ, request_id)
        except MetadataLost:
            # It has been begun anew. Where the server has the body in a file, it can be read again.
            environ["wsgi.input"].seek(0)
            return self._answer_once(environ, request_id)

    def _answer_once(self, environ: WSGIEnvironment, request_id: str) -> Response:
        with Request(environ) as request:  # closes the files of a form
            return self._answer_request(request, request_id)

    def _answer_request(self, request: Request, request_id: str) -> Response:
        try:
            return self._handle(request)
        except MetadataLost:
            raise
        except NotModified as unchanged:
            headers = object_headers(unchanged.info, with_checksum=False)
            del headers["Content-Type"]
            return empty(304, headers)
        except S3Error as error:
            return _error_answer(request, error, request_id)
        except HTTPException as error:  # a form that Werkzeug finds too large
            return Response.force_type(error.get_response(request.environ))
        except (OSError, sqlite3.Error) as error:
            if (refusal := storage_error(error)) is None:
                return _bug(request, error)
            _logger.exception("%s %s", request.method, request.path)
            return _error_answer(request, refusal, request_id)
        except Exception as bug:
            return _bug(request, bug)

    def _handle(self, request: Request) -> Response:
        if why := refuse_foreign(request.environ, self._allowed_hosts, self._allowed_origins):
            raise access_denied(f"The request was rejected: {why}")
        require_utf8_query(request.environ)
        call = Call(request, self._service, *address(request.environ))
        handler = handler_of(call)
        if handler is not post_object:  # whose form is signed, not the request
            require_permission(call)
        take_headers_from_query(request.environ, request.args)
        require_expected_owner(call)
        return handler(call)


def _bug(request: Request, bug: Exception) -> Response:
    # Not 500, which clients would take for a passing fault of S3's and retry, boto 2 for a minute.
    _logger.exception("%s %s", request.method, request.path)
    text = f"This is no answer of S3's but a bug of fake_s3: {bug!r}\n"
    return Response(text, 501, content_type="text/plain; charset=utf-8")


def error_answer(environ: WSGIEnvironment, error: S3Error) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status line, headers and body of an error, for those who answer in the place of S3."""
    response = _error_answer(Request(environ), error, secrets.token_hex(8).upper())
    return response.status, list(response.headers), response.get_data()


def _error_answer(request: Request, error: S3Error, request_id: str) -> Response:
    """The error document; a HEAD has the status alone."""
    fields = [("Code", error.code), ("Message", error.message), *error.fields.items()]
    fields += [("Resource", raw_path(request.environ)), ("RequestId", request_id), ("HostId", _HOST_ID)]
    body = b"" if request.method == "HEAD" else xml.document("Error", fields, namespace="")
    return Response(body, error.status, error.headers, content_type=xml.CONTENT_TYPE)
