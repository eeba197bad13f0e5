"""Resource-based policies: kept, shown and removed; nothing is enforced yet."""

import json

import pytest

from support.expect import invalid, refused


def policy(sid="one"):
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "dynamodb:GetItem",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_is_attached_replaced_and_removed(client, table):
    arn = table.table_arn
    first = client.put_resource_policy(ResourceArn=arn, Policy=policy())["RevisionId"]
    shown = client.get_resource_policy(ResourceArn=arn)
    assert (shown["Policy"], shown["RevisionId"]) == (policy(), first)
    second = client.put_resource_policy(
        ResourceArn=arn, Policy=policy("two"), ExpectedRevisionId=first
    )["RevisionId"]
    assert int(second) > int(first)
    with refused("PolicyNotFoundException"):
        client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=first)
    assert client.delete_resource_policy(ResourceArn=arn)["RevisionId"] == second
    assert "RevisionId" not in client.delete_resource_policy(ResourceArn=arn)


def test_the_same_policy_once_more_is_no_change(client, table):
    arn = table.table_arn
    first = client.put_resource_policy(ResourceArn=arn, Policy=policy())
    spaced = json.dumps(json.loads(policy()), indent=2)
    again = client.put_resource_policy(ResourceArn=arn, Policy=spaced)
    assert again["RevisionId"] == first["RevisionId"]


def test_no_policy_is_expected_by_name(client, table):
    arn = table.table_arn
    request = {"ResourceArn": arn, "ExpectedRevisionId": "NO_POLICY"}
    client.put_resource_policy(Policy=policy(), **request)
    with refused("PolicyNotFoundException"):
        client.put_resource_policy(Policy=policy("two"), **request)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (" " * 20481, "Maximum policy size of 20480 bytes exceeded"),
        ("{", "Invalid policy document: This policy contains invalid Json"),
        ("{}", "Could not parse the policy: Statement is empty!"),
    ],
)
def test_what_is_no_policy_is_refused(client, table, document, words):
    with invalid(f"One or more parameter values were invalid: {words}"):
        client.put_resource_policy(ResourceArn=table.table_arn, Policy=document)


def test_a_table_without_a_policy_says_so(client, table):
    arn = table.table_arn
    words = f"Resource-based policy not found for the provided ResourceArn: {arn}"
    with refused("PolicyNotFoundException", words):
        client.get_resource_policy(ResourceArn=arn)
