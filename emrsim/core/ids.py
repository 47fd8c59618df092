"""Identifiers in EMR's forms (source: docs/facts/api.md#identifiers)."""

from __future__ import annotations

import string
from random import Random

ACCOUNT = "123456789012"  # the only one there is; the number AWS's own examples have

_LETTERS = string.digits + string.ascii_uppercase
_LENGTH = 13
_STUDIO_LENGTH = 25  # assumed; as the ids of notebooks in botocore's model are (`e-` and 25)


def cluster_id(random: Random) -> str:
    return _id("j", random)


def step_id(random: Random) -> str:
    return _id("s", random)


def group_id(random: Random) -> str:
    return _id("ig", random)


def fleet_id(random: Random) -> str:
    return _id("if", random)


def instance_id(random: Random) -> str:
    """EMR's own id of an instance."""
    return _id("ci", random)


def studio_id(random: Random) -> str:
    """The prefix `es-` is assumed."""
    return _id("es", random, _STUDIO_LENGTH)


def ec2_instance_id(random: Random) -> str:
    return f"i-{random.getrandbits(68):017x}"


def address(random: Random) -> str:
    """A made-up public address, from the block set aside for documentation (RFC 5737, TEST-NET-3)."""
    return f"203.0.113.{random.randint(1, 254)}"


def _id(prefix: str, random: Random, length: int = _LENGTH) -> str:
    return f"{prefix}-{''.join(random.choices(_LETTERS, k=length))}"
