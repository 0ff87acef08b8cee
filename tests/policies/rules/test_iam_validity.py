"""Policy documents that IAM would refuse."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMPolicyDocumentValidator

from aws_policy_pack.rules.iam.validity import policy_document_valid, policy_variables
from aws_policy_pack.testing import UNKNOWN, analyze
from aws_policy_pack.type_tokens import ROLE
from tests.policies.rules.iam_documents import GOOD, document, faults, without

URL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
NAMED_BY_VARIABLE = {**GOOD, "Resource": "arn:aws:s3:::home/${aws:username}/*"}
TAGGED_BY_VARIABLES = {
    **GOOD,
    "Condition": {
        "StringEquals": {
            "aws:ResourceTag/team": ["${aws:userid}", "${aws:PrincipalTag/team}"],
            "aws:RequestTag/team": "${aws:userid}",
        }
    },
}


def test_a_finding_names_the_place_and_the_value() -> None:
    policy = json.dumps(document({**GOOD, "Effect": "allow"}))
    [report] = analyze(policy_document_valid, {"policy": policy})
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `policy.Statement[0].Effect` is 'allow'; wanted 'Allow' or 'Deny'. Fix: Correct "
        f"the policy document. {URL}"
    )


def test_text_that_is_no_json_is_found() -> None:
    [report] = analyze(policy_document_valid, {"policy": "{'Version': 1}"})
    assert report.message == (
        "subject: `policy` is not JSON: Expecting property name enclosed in double quotes: line 1 "
        "column 2 (char 1); wanted a policy document. Fix: Build the document as an object, and "
        f"turn that into JSON. {URL}"
    )


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(document(GOOD), id="an object"),
        pytest.param(document(GOOD, Version="2008-10-17"), id="the old version, no variable"),
        pytest.param({"Statement": [GOOD]}, id="no version, no variable"),
        pytest.param({"Statement": [NAMED_BY_VARIABLE]}, id="no version, a variable"),
        pytest.param(document(NAMED_BY_VARIABLE, Version="2008-10-17"), id="old, a variable"),
        pytest.param(document(NAMED_BY_VARIABLE), id="a variable and the new version"),
        pytest.param(json.dumps(document(GOOD)), id="text"),
        pytest.param({"Version": "2012-10-17", "Statement": GOOD}, id="one statement"),
        pytest.param(document(GOOD, Id="Tasks"), id="an id"),
        pytest.param(document({**GOOD, "Effect": "Deny"}), id="a denial"),
        pytest.param(document(without("Sid")), id="no Sid"),
        pytest.param(document({**GOOD, "Sid": ""}), id="an empty Sid"),
        pytest.param(document({**GOOD, "Sid": ""}, {**GOOD, "Sid": ""}), id="two empty Sids"),
        pytest.param(document(without("Sid"), without("Sid")), id="two without Sid"),
        pytest.param(document({**without("Action"), "NotAction": "iam:*"}), id="NotAction"),
        pytest.param(document({**without("Resource"), "NotResource": "*"}), id="NotResource"),
        pytest.param(document({**GOOD, "Action": "*"}), id="every action"),
        pytest.param(document({**GOOD, "Action": "elasticloadbalancing:?et*"}), id="wildcards"),
        pytest.param(document({**GOOD, "Resource": "arn:aws:s3:::a/b:c/*"}), id="a path"),
        pytest.param(document({**GOOD, "Resource": "arn:aws:iam::${aws:x}:role/a"}), id="variable"),
        *(
            pytest.param(document({**GOOD, "Action": name}), id=name)
            for name in ("*:*", "*:Get*", "vpc-lattice:AssociateViaAWSService-EventsAndStates")
        ),
        *(
            pytest.param(document({**GOOD, "Resource": arn}), id=arn)
            for arn in (
                "arn:aws:medialive:*",
                "arn:aws:sqs",
                "arn:aws:sqs:",
                "arn:aws:sqs:*:*",
                "arn:aws:sqs:eu-west-1",
                "arn:aws:sqs:eu-*",
                "arn:aws:sqs:us-gov-west-1:*",
                "arn:aws:sqs:eu-west-1:111122223333",
                "arn:aws-cn:sqs:cn-north-1:${aws:PrincipalAccount}",
                "arn:*:sqs:*",
                "arn:aws:s3:::",
                "arn:aws:s3:eu-west-1:111122223333:accesspoint/tasks",
                "arn:aws:s3:eu-west-1:111122223333:job/*",
                "arn:aws:s3:eu-west-1:111122223333:storage-lens/tasks",
                "arn:aws:s3:eu-west-1:111122223333:*",
                "arn:aws:s3:eu-west-1",
                "arn:aws:iam::111122223333:role/tasks",
                "arn:aws-eusc:sqs:eusc-de-east-1:*:tasks",
            )
        ),
    ],
)
def test_a_document_that_iam_takes_passes(policy: object) -> None:
    assert faults(policy) == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(None, "`policy` is not set; wanted a policy document", id="absent"),
        pytest.param([GOOD], "`policy` is a list; wanted a policy document", id="a list"),
        pytest.param("7", "`policy` is 7; wanted a policy document", id="a number"),
        pytest.param('"a"', "`policy` is 'a'; wanted a policy document", id="a text"),
        pytest.param(
            document(GOOD, Version="2024-01-01"),
            "`policy.Version` is '2024-01-01'; wanted '2012-10-17'",
            id="a version that there is not",
        ),
        pytest.param(
            document(GOOD, Version=["2012-10-17"]),
            "`policy.Version` is a list; wanted '2012-10-17'",
            id="a version in a list",
        ),
        pytest.param(
            document(GOOD, version="2012-10-17"),
            (
                "`policy` has 'version', which IAM does not know; wanted only 'Version', 'Id', "
                "'Statement'"
            ),
            id="a key in lower case",
        ),
        pytest.param(
            document(GOOD, a=1, b=2),
            (
                "`policy` has 'a', 'b', which IAM does not know; wanted only 'Version', 'Id', "
                "'Statement'"
            ),
            id="two unknown keys",
        ),
        pytest.param(
            document(), "`policy.Statement` has no statement; wanted at least one", id="empty"
        ),
        pytest.param(
            {"Version": "2012-10-17"},
            "`policy.Statement` has no statement; wanted at least one",
            id="no statement",
        ),
        pytest.param(
            document("Allow"),
            "`policy.Statement[0]` is 'Allow'; wanted a statement",
            id="a text for a statement",
        ),
        pytest.param(
            document(GOOD, [GOOD]),
            "`policy.Statement[1]` is a list; wanted a statement",
            id="a list in a list",
        ),
        pytest.param(
            document({**GOOD, "Resources": "*"}),
            (
                "`policy.Statement[0]` has 'Resources', which IAM does not know; wanted only "
                "'Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', "
                "'NotResource', 'Condition'"
            ),
            id="a misspelt key",
        ),
        pytest.param(
            document(without("Effect")),
            "`policy.Statement[0].Effect` is not set; wanted 'Allow' or 'Deny'",
            id="no effect",
        ),
        pytest.param(
            document({**GOOD, "Effect": {}}),
            "`policy.Statement[0].Effect` is an object; wanted 'Allow' or 'Deny'",
            id="an object for an effect",
        ),
        pytest.param(
            document({**GOOD, "Sid": "send it"}),
            "`policy.Statement[0].Sid` is 'send it'; wanted letters and digits without spaces",
            id="a Sid with a space",
        ),
        pytest.param(
            document({**GOOD, "Sid": 7}),
            "`policy.Statement[0].Sid` is 7; wanted letters and digits without spaces",
            id="a number for a Sid",
        ),
        pytest.param(
            document(GOOD, GOOD),
            "`policy` has 2 statements with `Sid` 'Send'; wanted each `Sid` once",
            id="a Sid twice",
        ),
        pytest.param(
            document(without("Action")),
            "`policy.Statement[0]` has neither `Action` nor `NotAction`; wanted one of them",
            id="no action",
        ),
        pytest.param(
            document({**GOOD, "NotAction": "iam:*"}),
            "`policy.Statement[0]` has both `Action` and `NotAction`; wanted one of them",
            id="both kinds of action",
        ),
        pytest.param(
            document({**GOOD, "Action": []}),
            "`policy.Statement[0].Action` is an empty list; wanted 'service:Action' or '*'",
            id="an empty list of actions",
        ),
        pytest.param(
            document({**GOOD, "Action": ["sqs:SendMessage", "SendMessage"]}),
            "`policy.Statement[0].Action` has 'SendMessage'; wanted 'service:Action' or '*'",
            id="an action without service",
        ),
        pytest.param(
            document({**GOOD, "Action": "sqs:Send Message"}),
            "`policy.Statement[0].Action` has 'sqs:Send Message'; wanted 'service:Action' or '*'",
            id="an action with a space",
        ),
        pytest.param(
            document({**GOOD, "Action": "sqs:"}),
            "`policy.Statement[0].Action` has 'sqs:'; wanted 'service:Action' or '*'",
            id="a service without action",
        ),
        pytest.param(
            document({**GOOD, "Action": [["sqs:SendMessage"]]}),
            "`policy.Statement[0].Action` has a list; wanted 'service:Action' or '*'",
            id="actions in a list in a list",
        ),
        pytest.param(
            document({**without("Action"), "NotAction": 7}),
            "`policy.Statement[0].NotAction` has 7; wanted 'service:Action' or '*'",
            id="a number for an action",
        ),
        pytest.param(
            document(without("Resource")),
            "`policy.Statement[0]` has neither `Resource` nor `NotResource`; wanted one of them",
            id="no resource",
        ),
        pytest.param(
            document({**GOOD, "Resource": "tasks"}),
            "`policy.Statement[0].Resource` has 'tasks'; wanted an ARN or '*'",
            id="a name for a resource",
        ),
        pytest.param(
            document({**GOOD, "Resource": "arn:aws:sqs:tasks"}),
            "`policy.Statement[0].Resource` has 'arn:aws:sqs:tasks'; wanted an ARN or '*'",
            id="a short ARN",
        ),
        *(
            pytest.param(
                document({**GOOD, "Resource": arn}),
                f"`policy.Statement[0].Resource` has '{arn}'; wanted an ARN or '*'",
                id=arn,
            )
            for arn in (
                "arn",
                "arn:aws",
                "arn:aws:",
                "arn:aws::::tasks",
                "arn:aws:s3::tasks",
                "arn:aws:sqs::",
                "arn:aws:sqs:eu-west-1:tasks",
            )
        ),
        pytest.param(
            document({**GOOD, "Resource": [["arn:aws:s3:::a"]]}),
            "`policy.Statement[0].Resource` has a list; wanted an ARN or '*'",
            id="resources in a list in a list",
        ),
        pytest.param(
            document({**without("Resource"), "NotResource": None}),
            "`policy.Statement[0]` has neither `Resource` nor `NotResource`; wanted one of them",
            id="a null resource",
        ),
        pytest.param(
            document({**GOOD, "Resource": "arn:amazon:s3:::b"}),
            "`policy.Statement[0].Resource` has 'arn:amazon:s3:::b'; wanted a partition that is "
            "spelt out, such as 'aws', or '*'",
            id="a partition that there is not",
        ),
        *(
            pytest.param(
                document({**GOOD, "Resource": arn}),
                f"`policy.Statement[0].Resource` has '{arn}'; wanted no region, since IAM and the "
                "buckets of S3 have none in their ARNs",
                id=arn,
            )
            for arn in (
                "arn:aws:iam:us-east-1:111122223333:role/tasks",
                "arn:aws-cn:s3:cn-north-1:111122223333:bucket",
                "arn:aws:s3:eu-west-1::bucket/accesspoint/x",
            )
        ),
        pytest.param(
            document({**GOOD, "Principal": "*"}),
            (
                "`policy.Statement[0]` has `Principal`; wanted no `Principal` in the policy of an "
                "identity"
            ),
            id="a principal",
        ),
        pytest.param(
            document({**GOOD, "NotPrincipal": "*"}),
            (
                "`policy.Statement[0]` has `NotPrincipal`; wanted no `NotPrincipal` in the policy "
                "of an identity"
            ),
            id="a negated principal",
        ),
    ],
)
def test_what_iam_refuses_is_found(policy: object, expected: str) -> None:
    assert faults(policy) == [expected]


def test_all_faults_of_all_statements_are_found() -> None:
    assert faults(document({**GOOD, "Effect": "allow", "Sid": "a b"}, without("Action"))) == [
        "`policy.Statement[0].Effect` is 'allow'; wanted 'Allow' or 'Deny'",
        "`policy.Statement[0].Sid` is 'a b'; wanted letters and digits without spaces",
        "`policy.Statement[1]` has neither `Action` nor `NotAction`; wanted one of them",
    ]


def test_each_repeated_sid_is_found_once() -> None:
    statements = [{**GOOD, "Sid": sid} for sid in ("B", "A", "B", "A", "B", "C")]
    assert faults(document(*statements)) == [
        "`policy` has 2 statements with `Sid` 'A'; wanted each `Sid` once",
        "`policy` has 3 statements with `Sid` 'B'; wanted each `Sid` once",
    ]


def test_inline_policies_are_read_beside_an_unknown_trust_policy() -> None:
    role = {
        "assumeRolePolicy": UNKNOWN,
        "inlinePolicies": [{"policy": document(GOOD)}, {"policy": document()}],
    }
    finding, gap = analyze(policy_document_valid, role, type=ROLE)
    assert finding.message.startswith(
        "subject: `inlinePolicies[1].policy.Statement` has no statement; "
    )
    assert gap.text == "not evaluated: subject: `assumeRolePolicy` is not known yet"


def test_a_document_with_an_unknown_part_is_said() -> None:
    policy = document({**GOOD, "Resource": [UNKNOWN]})
    assert faults(policy) == [
        "not evaluated: subject: `policy.Statement[0].Resource[0]` is not known yet"
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Version", "Statement", "Effect", "Action", "Sid", "Resource"]),
                inner,
            )
        ),
        max_leaves=6,
    )
)
def test_whatever_json_spells_is_judged(policy: object) -> None:
    assert faults(json.dumps(policy))


@pytest.mark.parametrize(
    "arn",
    [
        *("*", "arn:aws:sqs", "arn:aws:sqs:", "arn:aws:sqs:*", "arn:aws:sqs:*:*", "arn:aws:s3:::"),
        *("arn:aws:sqs:eu-west-1", "arn:aws:sqs:eu-west-1:111122223333", "arn:aws:*:*:*:*"),
        *("arn:aws:medialive:*", "arn:aws:ec2:us-east-1::image/*", "arn:*:sqs:*:*:tasks"),
        *("arn", "arn:", "arn:aws", "arn:aws:", "arn:aws:sqs::", "arn:aws:sqs::111122223333"),
        *("arn:aws:s3::tasks", "arn:aws::::tasks", "tasks"),
        *("arn:amazon:sqs:::tasks", "arn:${aws:Partition}:s3:::tasks", "arn::sqs:*:*:tasks"),
        *("arn:aws-us-gov:s3:::tasks", "arn:aws-iso-b:s3:::tasks", "arn:*:s3:::tasks"),
        *("arn:aws:s3:us-east-1:111122223333:tasks", "arn:aws:iam:us-east-1::role/tasks"),
        "arn:aws:s3:us-east-1:111122223333:accesspoint/tasks",
    ],
)
def test_an_emulator_of_iam_says_the_same_of_an_arn(arn: str) -> None:
    policy = document({**GOOD, "Resource": arn})
    try:
        IAMPolicyDocumentValidator(json.dumps(policy)).validate()
    except MalformedPolicyDocument:
        assert faults(policy)
    else:
        assert faults(policy) == []


@pytest.mark.parametrize(
    ("text", "strange"),
    [("orders \u2014 new", "'\u2014'"), ("\u20ac and \u0151", "'\u0151', '\u20ac'")],
)
def test_a_character_that_iam_does_not_take_is_found(text: str, strange: str) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": text}}
    found = faults(json.dumps(document({**GOOD, "Condition": condition})))
    wanted = "wanted only characters up to U+00FF"
    assert found == [f"`policy` has {strange}; {wanted}"]


def test_the_characters_of_western_europe_pass() -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "M\u00fcller\tund S\u00f8hne"}}
    assert faults(json.dumps(document({**GOOD, "Condition": condition}))) == []


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        pytest.param(
            {"Statement": [NAMED_BY_VARIABLE]},
            "`policy.Version` is not set, for which '${aws:username}' is plain text",
            id="no version",
        ),
        pytest.param(
            json.dumps(document(TAGGED_BY_VARIABLES, Version="2008-10-17")),
            "`policy.Version` is '2008-10-17', for which '${aws:PrincipalTag/team}', "
            "'${aws:userid}' is plain text",
            id="the old version, in text",
        ),
    ],
)
def test_a_variable_needs_the_version_that_reads_it(policy: object, problem: str) -> None:
    [report] = analyze(policy_variables, {"policy": policy})
    assert report.level == "advisory"
    assert (report.problem, report.wanted, report.part) == (
        problem,
        "'2012-10-17'",
        "policy.Version",
    )


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param({"Statement": [GOOD]}, id="no variable"),
        pytest.param(document(GOOD, Version="2008-10-17"), id="the old version, no variable"),
        pytest.param(document(NAMED_BY_VARIABLE), id="the version that reads it"),
        pytest.param(document(NAMED_BY_VARIABLE, Version="2024-01-01"), id="one that is refused"),
        pytest.param("{'Version': 1}", id="no JSON"),
        pytest.param("[]", id="no document"),
        pytest.param({}, id="an empty document"),
        pytest.param(None, id="nothing"),
    ],
)
def test_where_no_variable_is_plain_text_nothing_is_said(policy: object) -> None:
    assert analyze(policy_variables, {"policy": policy}) == []


def test_a_trust_policy_is_looked_at_for_variables() -> None:
    [report] = analyze(
        policy_variables,
        {"assumeRolePolicy": {"Statement": [NAMED_BY_VARIABLE]}, "inlinePolicies": []},
        type=ROLE,
    )
    assert report.part == "assumeRolePolicy.Version"


def test_a_document_that_is_not_known_yet_is_said() -> None:
    [report] = analyze(policy_variables, {"policy": UNKNOWN})
    assert report.text == "not evaluated: subject: `policy` is not known yet"
