"""The Query protocol: forms as clients send them, XML as boto 2 reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from emrsim.core.errors import InvalidRequestException, SerializationException, unknown_cluster
from emrsim.wire.model import emr_model
from emrsim.wire.query import NAMESPACE, parse, render, render_error

MODEL = emr_model()


def parsed(operation: str, form: dict[str, str]) -> dict[str, Any]:
    return parse(MODEL, MODEL.operations[operation], form)


def rendered(operation: str, result: dict[str, Any]) -> ElementTree.Element:
    document = render(MODEL, MODEL.operations[operation], result, "request-1")
    root = ElementTree.fromstring(document)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    return root


def shown(operation: str, result: dict[str, Any]) -> str:
    """The result's element as text."""
    root = rendered(operation, result)
    element = root.find(f"{operation}Result")
    assert element is not None
    return "".join(ElementTree.tostring(child, encoding="unicode") for child in element)


def test_list_is_in_the_order_of_its_numbers() -> None:
    form = {f"JobFlowIds.member.{number}": f"j-{number}" for number in (1, 10, 11, 2, 3)}

    assert parsed("DescribeJobFlows", form) == {"JobFlowIds": ["j-1", "j-2", "j-3", "j-10", "j-11"]}


def test_numbers_of_a_list_may_have_gaps() -> None:
    assert parsed("TerminateJobFlows", {"JobFlowIds.member.7": "b", "JobFlowIds.member.3": "a"}) == {
        "JobFlowIds": ["a", "b"]
    }


def test_empty_item_of_a_list_is_an_empty_string() -> None:
    form = {"RemoveTags": "", "ResourceId": "j-1", "TagKeys.member.1": ""}

    assert parsed("RemoveTags", form) == {"ResourceId": "j-1", "TagKeys": [""]}


def test_name_of_a_list_without_items_is_an_empty_list() -> None:
    assert parsed("TerminateJobFlows", {"JobFlowIds": ""}) == {"JobFlowIds": []}


def test_same_number_in_two_spellings_keeps_both_structures() -> None:
    form = {"Tags.member.1.Key": "a", "Tags.member.01.Key": "b"}

    assert parsed("AddTags", form) == {"Tags": [{"Key": "a"}, {"Key": "b"}]}


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "", "9" * 5000, "٣"])
def test_list_whose_items_have_no_number_is_refused(number: str) -> None:
    with pytest.raises(SerializationException):
        parsed("TerminateJobFlows", {f"JobFlowIds.member.{number}": "j-1"})


def test_nested_structures_and_lists_are_built() -> None:
    form = {
        "JobFlowId": "j-1",
        "Steps.member.1.Name": "s",
        "Steps.member.1.HadoopJarStep.Jar": "a.jar",
        "Steps.member.1.HadoopJarStep.Args.member.1": "x=1&y é",
        "Steps.member.1.HadoopJarStep.Args.member.2": "",
        "Steps.member.1.HadoopJarStep.Properties.member.1.Key": "k",
    }

    assert parsed("AddJobFlowSteps", form) == {
        "JobFlowId": "j-1",
        "Steps": [
            {
                "Name": "s",
                "HadoopJarStep": {"Jar": "a.jar", "Args": ["x=1&y é", ""], "Properties": [{"Key": "k"}]},
            }
        ],
    }


def test_map_is_read_from_entries() -> None:
    prefix = "Configurations.member.1."
    form = {
        f"{prefix}Classification": "core-site",
        f"{prefix}Properties.entry.1.key": "a.b",
        f"{prefix}Properties.entry.1.value": "1",
        f"{prefix}Properties.entry.2.key": "c",
    }

    assert parsed("RunJobFlow", form) == {
        "Configurations": [{"Classification": "core-site", "Properties": {"a.b": "1", "c": ""}}]
    }


def test_entry_of_a_map_without_a_key_is_refused() -> None:
    with pytest.raises(SerializationException):
        parsed("RunJobFlow", {"Configurations.member.1.Properties.entry.1.value": "1"})


def test_names_the_model_does_not_know_are_passed_over() -> None:
    form = {"Action": "RunJobFlow", "Version": "2009-03-31", "ActionOnFailure": "X", "Name": "n", "A.B": "c"}

    assert parsed("RunJobFlow", form) == {"Name": "n"}


def test_name_that_is_both_a_leaf_and_a_branch_is_a_branch() -> None:
    for form in (
        {"Instances": "x", "Instances.InstanceCount": "2"},
        {"Instances.InstanceCount": "2", "Instances": "x"},
    ):
        assert parsed("RunJobFlow", form) == {"Instances": {"InstanceCount": 2}}


def test_old_name_of_the_states_of_steps_is_understood() -> None:
    assert parsed("ListSteps", {"ClusterId": "j", "StepStateList.member.1": "FAILED"}) == {
        "ClusterId": "j",
        "StepStates": ["FAILED"],
    }


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("True", True), ("FALSE", False)]
)
def test_boolean_is_read_in_any_case(text: str, value: bool) -> None:
    assert parsed("SetVisibleToAllUsers", {"VisibleToAllUsers": text}) == {"VisibleToAllUsers": value}


@pytest.mark.parametrize(
    "text",
    ["2010-10-21T01:00:25Z", "2010-10-21T01:00:25.000Z", "2010-10-21T03:00:25+02:00", "2010-10-21T01:00:25"],
)
def test_date_is_an_instant(text: str) -> None:
    moment = datetime(2010, 10, 21, 1, 0, 25, tzinfo=UTC)

    assert parsed("ListClusters", {"CreatedAfter": text}) == {"CreatedAfter": moment}


@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        ("RunJobFlow", "Instances.InstanceCount", "two"),
        ("RunJobFlow", "Instances.InstanceCount", "1.0"),
        ("RunJobFlow", "Instances.InstanceCount", ""),
        ("RunJobFlow", "Instances.InstanceCount", "2147483648"),
        ("RunJobFlow", "Instances.InstanceCount", "9" * 5000),
        ("RunJobFlow", "Instances.InstanceCount", "٣"),
        ("RunJobFlow", "Instances", "one"),
        ("RunJobFlow", "Name.First", "n"),
        ("RunJobFlow", "AutoTerminationPolicy.IdleTimeout", "9223372036854775808"),
        ("SetVisibleToAllUsers", "VisibleToAllUsers", "yes"),
        ("SetVisibleToAllUsers", "VisibleToAllUsers", "1"),
        ("ListClusters", "CreatedAfter", "yesterday"),
        ("ListClusters", "CreatedAfter", "2010-13-01T00:00:00Z"),
        ("TerminateJobFlows", "JobFlowIds", "j-1"),
        ("RunJobFlow", "Configurations.member.1.Properties", "x"),
        ("RunJobFlow", "Instances.InstanceFleets.member.1.InstanceTypeConfigs.member.1.Priority", "nan"),
        ("RunJobFlow", "Instances.InstanceFleets.member.1.InstanceTypeConfigs.member.1.Priority", "1_0"),
    ],
)
def test_value_of_another_type_is_refused(operation: str, name: str, value: str) -> None:
    with pytest.raises(SerializationException):
        parsed(operation, {name: value})


def test_form_nested_deeper_than_an_answer_can_be_is_refused() -> None:
    deep = "Configurations.member.1." * 100 + "Classification"

    with pytest.raises(SerializationException, match="nested too deeply"):
        parsed("RunJobFlow", {deep: "x"})


def test_answer_has_namespace_result_and_request_id() -> None:
    document = render(MODEL, MODEL.operations["RunJobFlow"], {"JobFlowId": "j-1"}, "request-1")

    assert document.decode() == (
        f'<RunJobFlowResponse xmlns="{NAMESPACE}"><RunJobFlowResult><JobFlowId>j-1</JobFlowId>'
        "</RunJobFlowResult><ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata>"
        "</RunJobFlowResponse>"
    )


@pytest.mark.parametrize("operation", ["TerminateJobFlows", "AddTags"])
def test_answer_without_a_result_has_a_body(operation: str) -> None:
    root = rendered(operation, {})

    assert root.tag == f"{operation}Response"
    assert root.findtext("ResponseMetadata/RequestId") == "request-1"


def test_list_is_written_as_members_and_an_empty_one_is_there() -> None:
    assert shown("AddJobFlowSteps", {"StepIds": ["s-1", "s-2"]}) == (
        "<StepIds><member>s-1</member><member>s-2</member></StepIds>"
    )
    assert shown("AddJobFlowSteps", {"StepIds": []}) == "<StepIds />"


def test_none_is_left_out() -> None:
    assert shown("ListClusters", {"Clusters": [], "Marker": None}) == "<Clusters />"


def test_date_is_written_in_whole_seconds() -> None:
    moment = datetime(2010, 10, 21, 1, 0, 25, 999_999, tzinfo=UTC)
    cluster = {"Status": {"Timeline": {"CreationDateTime": moment}}}

    assert "<CreationDateTime>2010-10-21T01:00:25Z</CreationDateTime>" in shown(
        "DescribeCluster", {"Cluster": cluster}
    )


def test_map_is_written_as_entries() -> None:
    cluster = {"Configurations": [{"Properties": {"a": "1"}}]}

    assert "<Properties><entry><key>a</key><value>1</value></entry></Properties>" in shown(
        "DescribeCluster", {"Cluster": cluster}
    )


def test_properties_of_a_step_are_a_list_of_keys_and_values() -> None:
    assert "<Properties><member><Key>a</Key><Value>1</Value></member></Properties>" in shown(
        "DescribeStep", {"Step": {"Config": {"Properties": {"a": "1"}}}}
    )


@pytest.mark.parametrize(
    ("operation", "result", "left_out"),
    [
        ("ListInstances", {"Instances": [{"Id": "ci-1", "EbsVolumes": []}]}, "EbsVolumes"),
        ("DescribeCluster", {"Cluster": {"Applications": [{"Name": "a", "Args": ["x"]}]}}, "Args"),
        (
            "DescribeCluster",
            {"Cluster": {"Applications": [{"Name": "a", "AdditionalInfo": {"k": "v"}}]}},
            "AdditionalInfo",
        ),
        *(
            ("ListInstanceGroups", {"InstanceGroups": [{"Id": "ig-1", name: {}}]}, name)
            for name in (
                "Configurations",
                "EbsBlockDevices",
                "ShrinkPolicy",
                "AutoScalingPolicy",
                "LastSuccessfullyAppliedConfigurations",
            )
        ),
        (
            "DescribeJobFlows",
            {"JobFlows": [{"Instances": {"Placement": {"AvailabilityZones": ["a"]}}}]},
            "AvailabilityZones",
        ),
    ],
)
def test_member_that_boto_2_stumbles_over_is_left_out(
    operation: str, result: dict[str, Any], left_out: str
) -> None:
    assert left_out not in shown(operation, result)


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x0b", "\ufffe", "\uffff", "\ud800"])
def test_character_that_xml_cannot_carry_is_replaced(character: str) -> None:
    root = rendered("RunJobFlow", {"JobFlowId": f"a{character}b"})

    assert root.findtext("RunJobFlowResult/JobFlowId") == "a\ufffdb"


def test_text_is_escaped() -> None:
    text = "<a> & \"b\" 'c' ]]> é \U0001f600"

    assert rendered("RunJobFlow", {"JobFlowId": text}).findtext("RunJobFlowResult/JobFlowId") == text


def test_error_is_in_the_form_that_boto_2_reads() -> None:
    document = render_error(unknown_cluster("j-<1>"), "request-1").decode()

    assert document == (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>InvalidRequestException</Code>'
        "<ErrorCode>NoSuchCluster</ErrorCode>"
        "<Message>Cluster id 'j-&lt;1&gt;' is not valid.</Message></Error>"
        "<RequestId>request-1</RequestId></ErrorResponse>"
    )


def test_error_code_of_an_invalid_request_is_a_member() -> None:
    document = render_error(InvalidRequestException("no", "NoSuchCluster"), "request-1").decode()

    assert "<ErrorCode>NoSuchCluster</ErrorCode>" in document
