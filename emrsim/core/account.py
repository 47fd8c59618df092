"""What an emulator keeps of the account, beside its clusters: security configurations, block public
access, studios and who may use them.

The values are frozen; `Account` alone exchanges them. Its methods check everything before they change
anything, so a refused call leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from emrsim.core import account_errors as errors
from emrsim.core.limits import STUDIO_SUBNETS_MAX

SSO = "SSO"  # the AuthMode of studios whose users come from IAM Identity Center


@dataclass(frozen=True)
class SecurityConfiguration:
    """A named JSON document, kept to the letter."""

    name: str
    document: str
    created_at: datetime


@dataclass(frozen=True)
class PortRange:
    """Ports `first` to `last`; `last` is None where a single port was named without an end."""

    first: int
    last: int | None = None


@dataclass(frozen=True)
class BlockPublicAccess:
    """Whether clusters with public security groups are refused, and the ports that are exempt."""

    is_on: bool
    permitted: tuple[PortRange, ...]
    set_at: datetime


@dataclass(frozen=True)
class Studio:
    """A studio; `extra` is what was asked for and only the API gives back."""

    id: str
    created_at: datetime
    name: str
    auth_mode: str
    subnet_ids: tuple[str, ...]
    default_s3_location: str
    description: str | None = None
    encryption_key_arn: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """A user or group of IAM Identity Center, by id or by name. There is no directory here, so the one
    is not known from the other."""

    kind: str
    id: str | None = None
    name: str | None = None

    def is_meant_by(self, other: Identity) -> bool:
        """Whether `other`, which may give both id and name, means this one."""
        same_id = self.id is not None and self.id == other.id
        same_name = self.name is not None and self.name == other.name
        return self.kind == other.kind and (same_id or same_name)


@dataclass(frozen=True)
class SessionMapping:
    """Who may use a studio, and with which policy."""

    studio_id: str
    identity: Identity
    policy_arn: str
    created_at: datetime
    modified_at: datetime


class Account:
    """The one account of an emulator. All is in the order it was made."""

    def __init__(self, now: datetime) -> None:
        # On, with port 22 exempt: what accounts of today begin with (source: botocore's model).
        self.block_public_access = BlockPublicAccess(True, (PortRange(22, 22),), now)
        self.security_configurations: dict[str, SecurityConfiguration] = {}
        self.studios: dict[str, Studio] = {}
        self._mappings: dict[tuple[str, Identity], SessionMapping] = {}

    def security_configuration(self, name: str) -> SecurityConfiguration:
        """The configuration of that name; raises InvalidRequestException where there is none."""
        if name not in self.security_configurations:
            raise errors.unknown_security_configuration(name)
        return self.security_configurations[name]

    def add_security_configuration(self, configuration: SecurityConfiguration) -> None:
        """Keep it; raises InvalidRequestException where the name is taken."""
        if configuration.name in self.security_configurations:
            raise errors.security_configuration_exists(configuration.name)
        self.security_configurations[configuration.name] = configuration

    def remove_security_configuration(self, name: str) -> None:
        """Forget it; clusters that were made with it keep its name."""
        self.security_configuration(name)
        del self.security_configurations[name]

    def studio(self, studio_id: str) -> Studio:
        """The studio of that id; raises InvalidRequestException where there is none."""
        if studio_id not in self.studios:
            raise errors.unknown_studio()
        return self.studios[studio_id]

    def add_studio(self, studio: Studio) -> None:
        """Keep it; raises InvalidRequestException where it has too many subnets."""
        if len(studio.subnet_ids) > STUDIO_SUBNETS_MAX:
            raise errors.too_many_subnets()
        self.studios[studio.id] = studio

    def update_studio(self, studio_id: str, **changes: Any) -> None:
        """Change those fields of Studio; subnets may be added, never taken away."""
        studio = self.studio(studio_id)
        updated = replace(studio, **changes)
        if not set(studio.subnet_ids) <= set(updated.subnet_ids):
            raise errors.subnets_removed()
        self.add_studio(updated)

    def remove_studio(self, studio_id: str) -> None:
        """Forget it, and its session mappings (assumed) with it."""
        self.studio(studio_id)
        del self.studios[studio_id]
        self._mappings = {key: one for key, one in self._mappings.items() if one.studio_id != studio_id}

    def tag_studio(self, studio_id: str, tags: Mapping[str, str]) -> None:
        """Add the tags; a key that is there already gets the new value."""
        self.update_studio(studio_id, tags={**self.studio(studio_id).tags, **tags})

    def untag_studio(self, studio_id: str, keys: Iterable[str]) -> None:
        """Remove the tags with those keys, where there are such."""
        removed = set(keys)
        kept = {key: value for key, value in self.studio(studio_id).tags.items() if key not in removed}
        self.update_studio(studio_id, tags=kept)

    def mappings(self, studio_id: str | None = None, kind: str | None = None) -> list[SessionMapping]:
        """The session mappings, of all studios and kinds of identity where nothing else is said."""
        if studio_id is not None:
            self.studio(studio_id)
        return [
            one
            for one in self._mappings.values()
            if studio_id in {None, one.studio_id} and kind in {None, one.identity.kind}
        ]

    def mapping(self, studio_id: str, identity: Identity) -> SessionMapping:
        """The mapping of that identity; raises InvalidRequestException where there is none."""
        for one in self.mappings(studio_id):
            if one.identity.is_meant_by(identity):
                return one
        raise errors.unknown_session_mapping()

    def add_mapping(self, studio_id: str, identity: Identity, policy_arn: str, now: datetime) -> None:
        """Let an identity use a studio, one of IAM Identity Center, to which it is not mapped yet."""
        if self.studio(studio_id).auth_mode != SSO:
            raise errors.session_mapping_without_identity_center()
        if (studio_id, identity) in self._mappings:
            raise errors.session_mapping_exists()
        self._mappings[studio_id, identity] = SessionMapping(studio_id, identity, policy_arn, now, now)

    def update_mapping(self, studio_id: str, identity: Identity, policy_arn: str, now: datetime) -> None:
        """Give a mapping another policy."""
        found = self.mapping(studio_id, identity)
        self._mappings[studio_id, found.identity] = replace(found, policy_arn=policy_arn, modified_at=now)

    def remove_mapping(self, studio_id: str, identity: Identity) -> None:
        """No longer let an identity use a studio."""
        del self._mappings[studio_id, self.mapping(studio_id, identity).identity]
