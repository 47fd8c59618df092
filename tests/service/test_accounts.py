"""What happens to an account: its listeners hear of it, and the record has it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.core import account_events as ev
from emrsim.core.account_model import (
    BlockPublicAccess,
    Identity,
    PortRange,
    SecurityConfiguration,
    SessionMapping,
    Studio,
)
from emrsim.core.errors import InvalidRequestException
from emrsim.service.bugs import Bugs
from emrsim.service.clock import SteeredClock
from emrsim.service.emulator import EmulatorState
from emrsim.service.record.file import RecordFile

NOW = datetime(2026, 11, 30, tzinfo=UTC)
STUDIO = Studio("es-1", NOW, "s", "SSO", ("subnet-1",), "s3://b/", tags={"k": "v"}, extra={"VpcId": "vpc-1"})
MAPPING = SessionMapping("es-1", Identity("USER", name="u"), "arn:policy", NOW, NOW)
EVENTS = [
    ev.SecurityConfigurationCreated(SecurityConfiguration("a", "{}", NOW)),
    ev.SecurityConfigurationCreated(SecurityConfiguration("b", "{}", NOW)),
    ev.SecurityConfigurationDeleted("a"),
    ev.BlockPublicAccessSet(BlockPublicAccess(False, (PortRange(80), PortRange(1, 2)), NOW)),
    ev.StudioCreated(STUDIO),
    ev.MappingCreated(MAPPING),
]


def test_listeners_hear_what_happens_in_which_region(emrsim: Emulator) -> None:
    heard: list[tuple[str, ev.AccountEvent]] = []
    state = emrsim.running.state
    state.account_listeners.append(lambda region, event: heard.append((region, event)))

    state.post_to_account("eu-west-1", EVENTS[0])
    with pytest.raises(InvalidRequestException):
        state.post_to_account("eu-west-1", EVENTS[0])
    state.post_to_account("us-east-1", EVENTS[0])

    assert heard == [("eu-west-1", EVENTS[0]), ("us-east-1", EVENTS[0])]


def test_account_is_after_a_restart_what_it_was(tmp_path: Path) -> None:
    clock = SteeredClock(Bugs().record)
    record = RecordFile(tmp_path)
    before = EmulatorState(clock, "us-east-1", record=record)
    for event in EVENTS:
        before.post_to_account("sa-east-1", event)
    record.close()

    again = RecordFile(tmp_path)
    after = EmulatorState(clock, "us-east-1", record=again)

    assert after.account("sa-east-1") == before.account("sa-east-1")
    assert list(after.account("sa-east-1").security_configurations) == ["b"]
    assert after.account("us-east-1").studios == {}
    again.close()
    clock.close()


def test_forgetting_everything_forgets_the_accounts(emrsim: Emulator) -> None:
    emrsim.running.state.post_to_account("eu-west-1", EVENTS[0])

    emrsim.reset()

    assert emrsim.running.state.account("eu-west-1").security_configurations == {}
