"""ListBootstrapActions."""

from __future__ import annotations

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing


def test_actions_are_in_their_order(emr: Caller) -> None:
    actions = [
        {"Name": "one", "ScriptBootstrapAction": {"Path": "s3://b/one.sh", "Args": ["a", "b c"]}},
        {"Name": "two", "ScriptBootstrapAction": {"Path": "s3://b/two.sh"}},
    ]
    cluster_id = emr.run(BootstrapActions=actions)

    assert emr.call("ListBootstrapActions", ClusterId=cluster_id) == {
        "BootstrapActions": [
            {"Name": "one", "ScriptPath": "s3://b/one.sh", "Args": ["a", "b c"]},
            {"Name": "two", "ScriptPath": "s3://b/two.sh", "Args": []},
        ]
    }


def test_cluster_without_actions_lists_none(emr: Caller) -> None:
    assert emr.call("ListBootstrapActions", ClusterId=emr.run()) == {"BootstrapActions": []}


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "ListBootstrapActions", ClusterId="j-NONE"
    )
