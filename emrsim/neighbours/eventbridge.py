"""EventBridge that delivers: moto keeps buses, rules and targets, and matches; emrsim does the rest.

What moto does with an event that matches is wrong in several ways: no `account`, inputs ignored or not
escaped, disabled rules and schedules that deliver, one bad target that hides the others. So for calls of
emrsim's own clients `send_to_targets` of its rules is replaced (`delivered_by`); others in the process have
moto as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emrsim.core.ids import ACCOUNT
from emrsim.neighbours.inputs import BadInput, check_target, input_of
from emrsim.neighbours.targets import Arn, Undeliverable, arn_of, deliver, reason_of, send_to_queue

_ENTRY_BYTES_MAX = 256 * 1024
_MEMBERS = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
_ENABLED = "ENABLED"
_BUS = "event-bus/"

# Is told of an event that a target did not get: the event's id, the target's ARN, and why.
Failed = Callable[[str, str, str], None]


@dataclass(frozen=True)
class Offered:
    """An event on its way to the targets of a rule, if it matches."""

    rule: Any
    event: Mapping[str, Any]


class Courier:
    """Delivers events to the targets of moto's rules, for one emulator."""

    def __init__(self, failed: Failed) -> None:
        _improve_moto()
        self._failed = failed

    def send(self, event: Mapping[str, Any]) -> None:
        """Deliver an event of AWS's form to the targets of all rules of its region's default bus."""
        from moto.events.models import events_backends

        events = events_backends[ACCOUNT][event["region"]]
        self._send_to_bus(events.event_buses["default"], event, may_go_on=True)

    def send_offered(self, offered: Offered) -> None:
        """Deliver an event to the targets of one rule, if it matches."""
        self._send_by(offered.rule, offered.event, may_go_on=True)

    def _send_to_bus(self, bus: Any, event: Mapping[str, Any], may_go_on: bool) -> None:
        for rule in list(bus.rules.values()):
            self._send_by(rule, event, may_go_on)

    def _send_by(self, rule: Any, event: Mapping[str, Any], may_go_on: bool) -> None:
        try:
            matches = _is_on(rule) and rule.event_pattern.matches_event(event)
        except Exception as error:  # of moto's matcher, for a pattern that it cannot apply
            self._failed(event["id"], rule.arn, f"the pattern cannot be applied: {reason_of(error)}")
            return
        for target in list(rule.targets) if matches else ():
            self._send_to(rule, target, event, may_go_on)

    def _send_to(
        self, rule: Any, target: Mapping[str, Any], event: Mapping[str, Any], may_go_on: bool
    ) -> None:
        """Deliver to one target. Whatever goes wrong there is told, and hides no other target."""
        text = ""
        try:
            arn = arn_of(target["Arn"])
            if arn.service == "events" and arn.resource in {"", ":"}:
                _archive(rule, event)
                return
            text = input_of(target, event, rule.name, rule.arn)
            if arn.service == "events" and arn.resource.startswith(_BUS):
                self._send_on(arn, event, may_go_on)
            else:
                deliver(arn, target, text)
        except Exception as error:  # moto's stores raise errors of many kinds
            self._failed(event["id"], target["Arn"], reason_of(error))
            self._send_to_dead_letters(target, event, text)

    def _send_on(self, arn: Arn, event: Mapping[str, Any], may_go_on: bool) -> None:
        """An event goes to one other bus, and from there to no third: two buses cannot pass it for ever."""
        from moto.events.models import events_backends

        name = arn.resource.removeprefix(_BUS)
        bus = events_backends[arn.account][arn.region].event_buses.get(name)
        if bus is None:
            raise Undeliverable(f"there is no event bus {name}")
        if not may_go_on:
            raise Undeliverable("the event has come from another bus already, and goes to no third")
        self._send_to_bus(bus, event, may_go_on=False)

    def _send_to_dead_letters(self, target: Mapping[str, Any], event: Mapping[str, Any], text: str) -> None:
        """The queue of a target's DeadLetterConfig gets what the target did not."""
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        try:
            send_to_queue(arn_of(queue), text or json.dumps(event))
        except Exception as error:
            self._failed(event["id"], queue, reason_of(error))


# Who gets the events that clients put, on the thread that answers them.
_put: ContextVar[Callable[[Offered], None] | None] = ContextVar("put", default=None)


@contextmanager
def delivered_by(put: Callable[[Offered], None]) -> Iterator[None]:
    """What moto's rules are offered in the block, on this thread, is given to `put`, which must not wait."""
    token = _put.set(put)
    try:
        yield
    finally:
        _put.reset(token)


def _is_on(rule: Any) -> bool:
    """A rule without a pattern has a schedule, and matches no event."""
    return str(rule.state).startswith(_ENABLED) and bool(rule.event_pattern.get_pattern())


def _archive(rule: Any, event: Mapping[str, Any]) -> None:
    """Keep an event for a replay, in the form in which moto keeps it."""
    from moto.events.models import events_backends

    events = events_backends[rule.account_id][rule.region_name]
    archive = events.archives.get(rule.name.removeprefix("Events-Archive-"))
    if archive is None:
        raise Undeliverable(f"the archive of {rule.name} is gone")
    seconds = datetime.fromisoformat(event["time"]).timestamp()
    archive.events.append({**event, "time": seconds, "ingestion-time": seconds})


def _improve_moto() -> None:
    """Let moto's EventBridge give what matches to `delivered_by`, and refuse what AWS refuses."""
    from moto.events.models import Rule
    from moto.events.responses import EventsHandler

    if getattr(Rule.send_to_targets, "is_emrsims", False):
        return

    motos = Rule.send_to_targets

    def send_to_targets(rule: Any, original_event: Mapping[str, Any], transform_input: bool = True) -> None:
        put = _put.get()
        if put is None:
            motos(rule, original_event, transform_input)
        else:
            put(Offered(rule, _in_aws_form(original_event)))

    send_to_targets.is_emrsims = True  # type: ignore[attr-defined]
    Rule.send_to_targets = send_to_targets
    EventsHandler.put_events = _put_events_like_aws(EventsHandler.put_events)
    EventsHandler.put_targets = _put_targets_like_aws(EventsHandler.put_targets)


def _in_aws_form(event: Mapping[str, Any]) -> dict[str, Any]:
    """moto's event with a time in ISO 8601, and without what AWS does not send."""
    time = event.get("time")
    if isinstance(time, int | float):
        time = f"{datetime.fromtimestamp(time, UTC):%Y-%m-%dT%H:%M:%SZ}"
    more = {"replay-name": event["replay-name"]} if "replay-name" in event else {}
    return {**{name: event[name] for name in _MEMBERS if name in event}, "time": time, **more}


def _put_events_like_aws(original: Callable[[Any], str]) -> Callable[[Any], str]:
    """PutEvents that refuses, entry by entry, sources of AWS's own and details that are no objects."""

    def put_events(self: Any) -> str:
        if _put.get() is None:
            return original(self)
        entries = self._get_param("Entries") or []
        if sum(len(json.dumps(one)) for one in entries) > _ENTRY_BYTES_MAX:
            from moto.events.exceptions import ValidationException

            raise ValidationException("Total size of the entries in the request is over the limit.")
        refused = [_refusal(one) for one in entries]
        if not any(refused):
            return original(self)
        accepted = [one for one, error in zip(entries, refused, strict=True) if error is None]
        answers = iter(self.events_backend.put_events(accepted))
        results = [next(answers) if error is None else error for error in refused]
        failed = sum("ErrorCode" in one for one in results)
        return json.dumps({"FailedEntryCount": failed, "Entries": results})

    return put_events


def _refusal(entry: Mapping[str, Any]) -> dict[str, str] | None:
    """Source: docs/facts/events.md#putevents-by-clients."""
    if str(entry.get("Source", "")).startswith("aws."):
        return {
            "ErrorCode": "NotAuthorizedForSourceException",
            "ErrorMessage": "Not authorized for the source.",
        }
    try:
        is_object = isinstance(json.loads(entry.get("Detail") or "{}"), dict)
    except (ValueError, RecursionError, TypeError):
        is_object = False
    return None if is_object else {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def _put_targets_like_aws(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """PutTargets that refuses an input that could never be made."""

    def put_targets(self: Any) -> Any:
        from moto.events.exceptions import ValidationException

        for target in () if _put.get() is None else self._get_param("Targets") or ():
            try:
                check_target(target)
            except BadInput as error:
                raise ValidationException(str(error)) from None
        return original(self)

    return put_targets
