"""What is said to a client of another service than EMR and S3, so that it can show it to a person."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from emrsim.core.errors import EmrError


def render_refusal(service: str, content_type: str, error: EmrError) -> tuple[str, bytes]:
    """`error` for a client of `service`, in the protocol of its request: content type and body."""
    code, message = error.code, error.message
    if content_type.startswith("application/cbor"):
        return "application/cbor", _cbor({"__type": code, "message": message})
    if content_type.startswith("application/x-amz-json"):
        return content_type, json.dumps({"__type": code, "message": message}).encode()
    content = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if service == "ec2":
        text = f"<Response><Errors><Error>{content}</Error></Errors><RequestID>0</RequestID></Response>"
    else:
        kind = "Receiver" if error.status >= 500 else "Sender"
        content = f"<Error><Type>{kind}</Type>{content}</Error>"
        text = f"<ErrorResponse>{content}<RequestId>0</RequestId></ErrorResponse>"
    return "text/xml; charset=utf-8", text.encode()


def _cbor(texts: dict[str, str]) -> bytes:
    """A map of up to 23 texts (source: RFC 8949, major types 3 and 5)."""
    parts = [text.encode() for pair in texts.items() for text in pair]
    return bytes([0xA0 + len(texts)]) + b"".join(
        b"\x7a" + len(part).to_bytes(4, "big") + part for part in parts
    )
