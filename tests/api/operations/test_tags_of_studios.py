"""AddTags and RemoveTags on studios."""

from __future__ import annotations

from typing import Any

from tests.studios import create_studio
from tests.two_protocols import plain, refused


def test_tags_of_a_studio_are_added_and_removed(client: Any) -> None:
    studio_id = create_studio(client, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])

    added = client.add_tags(ResourceId=studio_id, Tags=[{"Key": "b", "Value": "3"}, {"Key": "c"}])
    removed = client.remove_tags(ResourceId=studio_id, TagKeys=["a", "none"])

    assert plain(added) == plain(removed) == {}
    tags = client.describe_studio(StudioId=studio_id)["Studio"]["Tags"]
    assert tags == [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": ""}]


def test_studio_that_is_gone_has_no_tags(client: Any) -> None:
    studio_id = create_studio(client)
    client.delete_studio(StudioId=studio_id)

    with refused("InvalidRequestException", f"Cluster id '{studio_id}' is not valid."):
        client.add_tags(ResourceId=studio_id, Tags=[{"Key": "a", "Value": "1"}])
