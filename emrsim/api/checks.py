"""Checks between parameters, each raising the error of `core.errors` that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal, InvalidOperation
from typing import Any

from emrsim.api.configurations import check_configurations
from emrsim.api.versions import is_before
from emrsim.core import errors, request_errors
from emrsim.core.limits import (
    CLUSTER_INSTANCES_MAX,
    STEPS_PER_REQUEST_MAX,
    TAG_KEY_LENGTH_MAX,
    TAG_VALUE_LENGTH_MAX,
)

Params = Mapping[str, Any]

_FIRST_WITH_CONCURRENCY = (5, 28, 0)  # Release Guide, emr-release-5x
_S3_URI = re.compile(r"s3[na]?://([^/]+)(/.*)?", re.DOTALL)


def check_log_uri(uri: str | None) -> None:
    """A log URI is empty or an S3 URI, and stays inside its bucket."""
    if not uri:
        return
    match = _S3_URI.fullmatch(uri)
    if match is None or ".." in (match.group(2) or "").split("/"):
        raise errors.bad_log_uri(uri)


def check_steps(steps: Sequence[Params], invalid_actions: Set[str]) -> None:
    """Check the limits of one request; the cluster cannot take `invalid_actions` as ActionOnFailure."""
    if len(steps) > STEPS_PER_REQUEST_MAX:
        raise errors.too_many_active_steps()
    for step in steps:
        if "StepMonitoringConfiguration" in step:
            raise request_errors.not_implemented("StepMonitoringConfiguration")
        if step.get("ActionOnFailure") in invalid_actions:
            raise errors.bad_action_on_failure(step["ActionOnFailure"])


def check_concurrency(level: int, release_label: str | None, ami_version: str | None) -> None:
    if not 1 <= level <= 256:
        raise errors.bad_step_concurrency()
    if level > 1 and is_before(_FIRST_WITH_CONCURRENCY, release_label, ami_version):
        raise errors.concurrency_not_in_release()


def check_tags(tags: Sequence[Params]) -> None:
    """Lengths of keys and values, and the prefix that is AWS's own (Management Guide, emr-plan-tags)."""
    for tag in tags:
        key, value = tag.get("Key", ""), tag.get("Value", "")
        if not 1 <= len(key) <= TAG_KEY_LENGTH_MAX:
            raise errors.bad_tag_key(key)
        if key.startswith("aws:"):
            raise errors.reserved_tag_key(key)
        if len(value) > TAG_VALUE_LENGTH_MAX:
            raise errors.bad_tag_value(value)


def check_instance_count(count: int) -> None:
    """`count` is how many instances a cluster is to have."""
    if count > CLUSTER_INSTANCES_MAX:
        raise errors.too_many_instances(CLUSTER_INSTANCES_MAX)


def check_added_groups(groups: Sequence[Params], instance_count: int, has_core: bool) -> None:
    """What AddInstanceGroups rejects of the groups themselves, for a cluster of so many instances."""
    for group in groups:
        check_group(group)
        if group["InstanceRole"] == "MASTER":
            raise errors.several_master_groups()
    check_core_groups([group["InstanceRole"] for group in groups], has_core)
    check_instance_count(instance_count + sum(group["InstanceCount"] for group in groups))


def check_core_groups(roles: Sequence[str], has_core: bool = False) -> None:
    """Reject a second core group; `has_core`: the cluster has one already."""
    if roles.count("CORE") + has_core > 1:
        raise errors.several_core_groups()


def check_group(group: Params) -> None:
    """Check one instance group."""
    check_configurations(group.get("Configurations", ()))
    if group["InstanceCount"] < 1:
        raise errors.empty_group()
    if "BidPrice" in group:
        _check_bid_price(group["BidPrice"], group.get("Market", "ON_DEMAND"))


def _check_bid_price(text: str, market: str) -> None:
    if market == "ON_DEMAND":
        raise errors.bid_price_on_demand()
    try:
        price = Decimal(text)
    except InvalidOperation:
        raise errors.bid_price_no_number() from None
    exponent = price.as_tuple().exponent
    if not isinstance(exponent, int):  # an infinity, or not a number
        raise errors.bid_price_no_number()
    if price <= 0:
        raise errors.bid_price_not_positive()
    if exponent < -3:
        raise errors.bid_price_too_fine()
