"""The targets of EventBridge, by the service in their ARN: how each gets a text.

The stores are moto's; what it cannot take, it raises, and that is told as the target's failure.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

_HTTP_SECONDS = 5.0  # as EventBridge's own limit


class Undeliverable(Exception):
    """A target that cannot be delivered to; the message says why."""


@dataclass(frozen=True)
class Arn:
    """`arn:aws:sqs:us-east-1:123456789012:queue`."""

    text: str
    service: str
    region: str
    account: str
    resource: str


def arn_of(text: str) -> Arn:
    """The parts of an ARN. Raises Undeliverable."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise Undeliverable(f"{text!r} is no ARN")
    return Arn(text, *parts[2:6])


def deliver(arn: Arn, target: Mapping[str, Any], text: str) -> None:
    """Give `target` its text. Raises Undeliverable, and what moto raises."""
    if arn.service not in _WAYS:
        known = ", ".join(sorted(_WAYS))
        raise Undeliverable(f"emrsim delivers to {known} and event buses, not to {arn.service}")
    _WAYS[arn.service](arn, target, text)


def reason_of(error: Exception) -> str:
    """What went wrong, in a line: moto's errors have a message of their own."""
    text = getattr(error, "message", None) or str(error)
    return str(text) if isinstance(error, Undeliverable) else f"{type(error).__name__}: {text}"


def send_to_queue(arn: Arn, text: str, group: str | None = None) -> None:
    """Put a message into a queue, in a FIFO one into a group.

    Not by moto's `send_message` where that can be spared: it counts the messages of the queue each time.
    """
    from moto.sqs.models import Message, sqs_backends

    queues = sqs_backends[arn.account][arn.region]
    queue = queues.get_queue(arn.resource)
    if queue.fifo_queue:
        if not group:
            need = "the target needs SqsParameters.MessageGroupId"
            raise Undeliverable(f"the queue {arn.resource} is FIFO: {need}")
        queues.send_message(queue_name=arn.resource, message_body=text, group_id=group)
        return
    if len(text.encode()) > queue.maximum_message_size:
        raise Undeliverable(f"the message is longer than the {queue.maximum_message_size} bytes of the queue")
    message = Message(str(uuid.uuid4()), text)
    message.mark_sent(delay_seconds=queue.delay_seconds)
    queue.add_message(message)


def _to_queue(arn: Arn, target: Mapping[str, Any], text: str) -> None:
    send_to_queue(arn, text, target.get("SqsParameters", {}).get("MessageGroupId"))


def _to_topic(arn: Arn, target: Mapping[str, Any], text: str) -> None:
    from moto.sns.models import sns_backends

    topics = sns_backends[arn.account][arn.region]
    if arn.text not in topics.topics:
        raise Undeliverable(f"there is no topic {arn.text}")
    topics.publish(message=text, arn=arn.text)


def _to_log_group(arn: Arn, target: Mapping[str, Any], text: str) -> None:
    from moto.logs.models import logs_backends

    group = arn.resource.removeprefix("log-group:").removesuffix(":*")
    logs = logs_backends[arn.account][arn.region]
    if group not in logs.groups:
        raise Undeliverable(f"there is no log group {group}")
    stream = str(uuid.uuid4())
    logs.create_log_stream(group, stream)
    logs.put_log_events(group, stream, [{"timestamp": int(time.time() * 1000), "message": text}])


def _to_api_destination(arn: Arn, target: Mapping[str, Any], text: str) -> None:
    """One request to the address of an API destination, with what its connection and the target add."""
    from moto.events.models import events_backends

    kind, _, rest = arn.resource.partition("/")
    if kind != "api-destination":
        raise Undeliverable(f"emrsim delivers to event buses and API destinations, not to {kind} of events")
    events = events_backends[arn.account][arn.region]
    destination = events.destinations.get(rest.split("/")[0])
    if destination is None:
        raise Undeliverable(f"there is no API destination {rest.split('/')[0]}")
    connections = (one for one in events.connections.values() if one.arn == destination.connection_arn)
    connection = next(connections, None)
    if connection is None:
        raise Undeliverable(f"the connection {destination.connection_arn} is gone")
    _call(destination, connection, target.get("HttpParameters") or {}, text)


def _call(destination: Any, connection: Any, given: Mapping[str, Any], text: str) -> None:
    from urllib.request import Request, urlopen

    url, headers = destination.invocation_endpoint, {"Content-Type": "application/json; charset=utf-8"}
    for value in given.get("PathParameterValues") or ():
        url = url.replace("*", quote(str(value), safe=""), 1)
    query = dict(given.get("QueryStringParameters") or {})
    headers |= given.get("HeaderParameters") or {}
    of_connection = connection.auth_parameters.get("InvocationHttpParameters") or {}
    headers |= _pairs(of_connection.get("HeaderParameters"))
    query |= _pairs(of_connection.get("QueryStringParameters"))
    headers |= _credentials(connection)
    if query:
        url += f"{'&' if '?' in url else '?'}{urlencode(query)}"
    if not url.startswith(("http://", "https://")):
        raise Undeliverable(f"{url} is no address of the web")
    body = _with_parameters(text, _pairs(of_connection.get("BodyParameters")))
    request = Request(url, body.encode(), headers, method=destination.http_method)
    try:
        with urlopen(request, timeout=_HTTP_SECONDS) as answer:
            answer.read(1)
    except (OSError, ValueError) as error:
        raise Undeliverable(f"{url}: {error}") from error


def _credentials(connection: Any) -> Mapping[str, str]:
    given = connection.auth_parameters
    if key := given.get("ApiKeyAuthParameters"):
        return {key["ApiKeyName"]: key["ApiKeyValue"]}
    if basic := given.get("BasicAuthParameters"):
        pair = f"{basic['Username']}:{basic['Password']}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    raise Undeliverable(f"connections with {connection.authorization_type} are not supported by emrsim")


def _pairs(parameters: Any) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in parameters or ()}


def _with_parameters(text: str, more: Mapping[str, str]) -> str:
    if not more:
        return text
    content = json.loads(text)
    if not isinstance(content, dict):
        raise Undeliverable("the connection's BodyParameters need an input that is a JSON object")
    return json.dumps({**content, **more}, separators=(",", ":"))


_WAYS: Mapping[str, Callable[[Arn, Mapping[str, Any], str], None]] = {
    "sqs": _to_queue,
    "sns": _to_topic,
    "logs": _to_log_group,
    "events": _to_api_destination,
}
