"""What an account has in a region, beside its clusters: security configurations, block public access,
studios and who may use them. All values are frozen; `core.account` exchanges them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SSO = "SSO"  # the AuthMode of studios whose users come from IAM Identity Center


@dataclass(frozen=True)
class SecurityConfiguration:
    """A named JSON document, as it was given."""

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
    """Whether clusters with public security groups are rejected, and the ports that are exempt."""

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
