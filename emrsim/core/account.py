"""The account in a region: what is in it, and what an event does to it.

Events alone change it (`apply`). One that stands for a call that has to be rejected raises the error of
that call, with nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emrsim.core import account_errors as errors
from emrsim.core import account_events as ev
from emrsim.core.account_model import (
    SSO,
    BlockPublicAccess,
    Identity,
    PortRange,
    SecurityConfiguration,
    SessionMapping,
    Studio,
)
from emrsim.core.limits import STUDIO_SUBNETS_MAX


@dataclass
class Account:
    """The account in one region. All is in the order in which it was created."""

    block_public_access: BlockPublicAccess
    security_configurations: dict[str, SecurityConfiguration] = field(default_factory=dict)
    studios: dict[str, Studio] = field(default_factory=dict)
    session_mappings: list[SessionMapping] = field(default_factory=list)

    def apply(self, event: ev.AccountEvent) -> None:
        """Change the account as `event` says. Raises InvalidRequestException, with nothing changed."""
        _HANDLERS[type(event)](self, event)

    def security_configuration(self, name: str) -> SecurityConfiguration:
        """The configuration of that name; raises InvalidRequestException for an unknown one."""
        if name not in self.security_configurations:
            raise errors.unknown_security_configuration(name)
        return self.security_configurations[name]

    def studio(self, studio_id: str) -> Studio:
        """The studio of that id; raises InvalidRequestException for an unknown one."""
        if studio_id not in self.studios:
            raise errors.unknown_studio()
        return self.studios[studio_id]

    def mappings(self, studio_id: str | None = None, kind: str | None = None) -> list[SessionMapping]:
        """The session mappings: of a studio, or of all; of a kind of identity, or of all."""
        if studio_id is not None:
            self.studio(studio_id)
        return [
            one
            for one in self.session_mappings
            if studio_id in {None, one.studio_id} and kind in {None, one.identity.kind}
        ]

    def mapping(self, studio_id: str, identity: Identity) -> SessionMapping:
        """The mapping of that identity; raises InvalidRequestException for an unknown one."""
        for one in self.mappings(studio_id):
            if one.identity.is_meant_by(identity):
                return one
        raise errors.unknown_session_mapping()

    def _configuration_created(self, event: ev.SecurityConfigurationCreated) -> None:
        if event.configuration.name in self.security_configurations:
            raise errors.security_configuration_exists(event.configuration.name)
        self.security_configurations[event.configuration.name] = event.configuration

    def _configuration_deleted(self, event: ev.SecurityConfigurationDeleted) -> None:
        """Clusters that were created with it keep its name."""
        self.security_configuration(event.name)
        del self.security_configurations[event.name]

    def _access_set(self, event: ev.BlockPublicAccessSet) -> None:
        self.block_public_access = event.access

    def _studio_created(self, event: ev.StudioCreated) -> None:
        _check_subnets(event.studio)
        self.studios[event.studio.id] = event.studio

    def _studio_changed(self, event: ev.StudioChanged) -> None:
        """Subnets can be added, and never removed."""
        _check_subnets(event.studio)
        if not set(self.studio(event.studio.id).subnet_ids) <= set(event.studio.subnet_ids):
            raise errors.subnets_removed()
        self.studios[event.studio.id] = event.studio

    def _studio_deleted(self, event: ev.StudioDeleted) -> None:
        """Its session mappings go with it (assumed)."""
        self.studio(event.studio_id)
        del self.studios[event.studio_id]
        others = [one for one in self.session_mappings if one.studio_id != event.studio_id]
        self.session_mappings = others

    def _mapping_created(self, event: ev.MappingCreated) -> None:
        mapping = event.mapping
        if self.studio(mapping.studio_id).auth_mode != SSO:
            raise errors.session_mapping_without_identity_center()
        if any(one.identity == mapping.identity for one in self.mappings(mapping.studio_id)):
            raise errors.session_mapping_exists()
        self.session_mappings.append(mapping)

    def _mapping_changed(self, event: ev.MappingChanged) -> None:
        found = self.mapping(event.mapping.studio_id, event.mapping.identity)
        self.session_mappings[self.session_mappings.index(found)] = event.mapping

    def _mapping_deleted(self, event: ev.MappingDeleted) -> None:
        self.session_mappings.remove(self.mapping(event.studio_id, event.identity))


def new_account(now: datetime) -> Account:
    """Return an account as it is at first: only port 22 may be public (source: botocore's model)."""
    return Account(BlockPublicAccess(True, (PortRange(22, 22),), now))


def _check_subnets(studio: Studio) -> None:
    if len(studio.subnet_ids) > STUDIO_SUBNETS_MAX:
        raise errors.too_many_subnets()


_HANDLERS: dict[type, Callable[[Account, Any], None]] = {
    ev.SecurityConfigurationCreated: Account._configuration_created,
    ev.SecurityConfigurationDeleted: Account._configuration_deleted,
    ev.BlockPublicAccessSet: Account._access_set,
    ev.StudioCreated: Account._studio_created,
    ev.StudioChanged: Account._studio_changed,
    ev.StudioDeleted: Account._studio_deleted,
    ev.MappingCreated: Account._mapping_created,
    ev.MappingChanged: Account._mapping_changed,
    ev.MappingDeleted: Account._mapping_deleted,
}
