"""What the machines of a cluster are called, and what their hours weigh."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emrsim.api import names
from emrsim.core.model import Instance, MachineKind
from tests.core.clusters import START, Play, bootstrapping, ready

MACHINE = Instance("ci-1", "i-1", "ig-1", MachineKind("m1.small"), "203.0.113.7", START)


@pytest.mark.parametrize(
    ("region", "public", "private"),
    [
        ("us-east-1", "ec2-203-0-113-7.compute-1.amazonaws.com", "ip-10-0-0-7.ec2.internal"),
        (
            "us-west-1",
            "ec2-203-0-113-7.us-west-1.compute.amazonaws.com",
            "ip-10-0-0-7.us-west-1.compute.internal",
        ),
    ],
)
def test_machine_is_named_after_its_address_and_region(region: str, public: str, private: str) -> None:
    assert names.public_dns_name(MACHINE, region) == public
    assert names.private_dns_name(MACHINE, region) == private


def hours(play: Play, later: timedelta) -> int:
    return names.normalized_instance_hours(play.cluster, play.now + later)


def test_hours_that_are_over_count_of_a_running_cluster() -> None:
    play = ready()

    assert [hours(play, timedelta(minutes=m)) for m in (0, 1, 59, 60, 61, 121)] == [0, 0, 0, 1, 1, 2]


def test_begun_hour_counts_once_the_cluster_has_ended() -> None:
    for minutes, whole in ((0, 1), (11, 1), (60, 1), (61, 2)):
        play = ready()
        for instance in play.cluster.instances.values():
            instance.ended_at = play.now + timedelta(minutes=minutes)

        assert hours(play, timedelta(days=1)) == whole


def test_cluster_that_is_not_ready_has_no_hours() -> None:
    assert hours(bootstrapping(), timedelta(hours=5)) == 0
