"""`getPolicyDocument` as the provider computes it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.outputs.answers.calls import Call, RefusedCallError
from pulumi_preflight.outputs.answers.documents import policy_document
from pulumi_preflight.outputs.subject import Place

STATEMENT = {
    "sid": "Read",
    "actions": ["s3:GetObject"],
    "resources": ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"],
    "principals": [{"type": "AWS", "identifiers": ["*"]}],
    "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
}


SOURCE = json.dumps({"Statement": [{"Sid": "Same", "Effect": "Deny"}]})


def call(arguments: dict[str, Any], *, is_made_up: bool = False) -> Call:
    return Call(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        arguments,
        Place(region="us-east-1"),
        is_made_up=lambda _: is_made_up,
    )


def written(arguments: dict[str, Any]) -> dict[str, Any]:
    return dict(policy_document(call(arguments)).follows)


def document(arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return json.loads(written(arguments)["json"])


def test_a_policy_document_is_computed_as_the_provider_does() -> None:
    assert document({"statements": [STATEMENT]}) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"],
                "Principal": {"AWS": "*"},
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def test_anyone_is_a_star_of_its_own() -> None:
    [statement] = document({"statements": [{"principals": [{"type": "*", "identifiers": ["*"]}]}]})[
        "Statement"
    ]
    assert statement["Principal"] == "*"


def test_source_documents_come_first_and_overriding_ones_replace_by_sid() -> None:
    source = json.dumps({"Statement": [{"Sid": "Read", "Effect": "Deny"}, {"Sid": "Other"}]})
    override = json.dumps({"Statement": [{"Sid": "Other", "Effect": "Allow"}]})
    merged = document(
        {
            "statements": [STATEMENT],
            "sourcePolicyDocuments": [source],
            "overridePolicyDocuments": [override],
        }
    )
    assert [(each["Sid"], each["Effect"]) for each in merged["Statement"]] == [
        ("Read", "Allow"),
        ("Other", "Allow"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "Expecting property name", id="cut-off"),
        pytest.param("value", "Expecting value", id="word"),
        pytest.param("[]", "the whole of it is a list, wanted an object", id="list"),
        pytest.param('"{}"', "the whole of it is a text, wanted an object", id="text"),
        pytest.param('{"Statement": {}}', "`Statement` is an object, wanted a list", id="one"),
        pytest.param('{"Statement": ["a"]}', "a statement is a text", id="text-as-statement"),
        pytest.param('{"Statement": [{"Sid": 1}]}', "`Sid` is a number", id="number-as-sid"),
        pytest.param(
            '{"Statement": [{"Principal": 1}]}', "`Principal` is a number", id="principal"
        ),
    ],
)
@pytest.mark.parametrize("argument", ["sourcePolicyDocuments", "overridePolicyDocuments"])
def test_a_text_that_is_not_a_document_is_refused(argument: str, text: str, said: str) -> None:
    with pytest.raises(RefusedCallError) as raised:
        policy_document(call({argument: ["{}", text]}))
    assert str(raised.value).startswith(f"{argument}[1] is not a policy document ({said}")
    assert repr(text) in str(raised.value)
    assert raised.value.value == text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            {"statements": [STATEMENT, STATEMENT]}, "two of `statements` have", id="statements"
        ),
        pytest.param(
            {"sourcePolicyDocuments": [SOURCE, SOURCE]}, "has a second statement with", id="sources"
        ),
        pytest.param(
            {"version": "2008-10-17", "statements": [{"resources": ["&{aws:username}"]}]},
            "have no variables",
            id="variable-in-an-old-policy",
        ),
        pytest.param(
            {"statements": [{"principals": [{"type": "AWS"}]}]},
            "an item of `principals` has no `identifiers`",
            id="principal-without-identifiers",
        ),
        pytest.param(
            {"statements": [{"conditions": [{"test": "Bool", "values": ["true"]}]}]},
            "an item of `conditions` has no `variable`",
            id="condition-without-variable",
        ),
    ],
)
def test_what_the_provider_refuses_is_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedCallError, match=said):
        policy_document(call(arguments))


def test_a_made_up_text_gives_a_document_of_any_form_with_what_is_known() -> None:
    with pytest.raises(RefusedCallError) as raised:
        policy_document(call({"sourcePolicyDocuments": ["value-1"], "statements": [STATEMENT]}))
    instead = raised.value.instead
    assert instead is not None
    assert not instead.follows
    text = instead.made_up["json"]
    assert json.loads(text)["Statement"][0]["Sid"] == "Read"
    # What ends so is judged as unknown.
    assert re.search(r'-[0-9a-f]{8}"}$', text)


def test_a_made_up_object_is_not_a_document_either() -> None:
    arguments = {"sourcePolicyDocuments": ['{"username": "a"}']}
    assert document(arguments) == {"Version": "2012-10-17"}
    with pytest.raises(RefusedCallError):
        policy_document(call(arguments, is_made_up=True))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        pytest.param({"Principal": "*"}, {"Principal": "*"}, id="anyone"),
        pytest.param({"Principal": {"*": "*"}}, {"Principal": "*"}, id="anyone-as-object"),
        pytest.param(
            {"principal": {"AWS": ["a", "b"]}}, {"Principal": {"AWS": ["b", "a"]}}, id="any-case"
        ),
        pytest.param(
            {"Condition": {"Bool": {"aws:SecureTransport": False}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            id="truth-value",
        ),
        pytest.param(
            {"Condition": {"StringLike": {"a": ["b"]}}},
            {"Condition": {"StringLike": {"a": "b"}}},
            id="one-value",
        ),
        pytest.param({"Comment": "a"}, {}, id="unknown-key"),
    ],
)
def test_a_source_statement_is_read_as_the_provider_reads_it(
    source: dict[str, Any], wanted: dict[str, Any]
) -> None:
    text = json.dumps({"Statement": [{"Sid": "A", **source}]})
    [statement] = document({"sourcePolicyDocuments": [text]})["Statement"]
    assert statement == {"Sid": "A", **wanted}


def test_the_text_has_the_escapes_of_the_provider() -> None:
    arguments = {"policyId": "a&b", "statements": [{"resources": ["&{aws:username}"]}]}
    assert '"Id": "a\\u0026b"' in written(arguments)["json"]
    assert document(arguments)["Statement"][0]["Resource"] == "${aws:username}"


def test_the_id_is_that_of_the_provider() -> None:
    assert written({}) == {
        "id": "1132004489",
        "json": '{\n  "Version": "2012-10-17"\n}',
        "minifiedJson": '{"Version":"2012-10-17"}',
        "version": "2012-10-17",
    }


@given(
    st.lists(
        st.fixed_dictionaries(
            {"actions": st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3)},
            optional={"effect": st.sampled_from(["Allow", "Deny"]), "sid": st.text(max_size=3)},
        ),
        max_size=4,
        unique_by=lambda each: str(each.get("sid") or id(each)),
    )
)
def test_every_statement_is_in_the_document(statements: list[dict[str, Any]]) -> None:
    answer = written({"statements": statements})
    read = json.loads(answer["json"])
    assert json.loads(answer["minifiedJson"]) == read
    assert len(read.get("Statement", [])) == len(statements)
