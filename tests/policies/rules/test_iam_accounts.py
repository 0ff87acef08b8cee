"""Account ids that are written into policies."""

import dataclasses
import json
import re
from importlib import resources

import pytest
from pydantic import ValidationError

from aws_policy_pack.lists import load
from aws_policy_pack.rules.iam.principals import account_literal, aws_accounts
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules import reading

URL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"
OWN = "111122223333"
STRANGE = "444455556666"
QUEUE = Example(
    type="aws:sqs/queue:Queue",
    name="queue",
    properties={"arn": f"arn:aws:sqs:eu-west-1:{OWN}:tasks"},
)


def arn(account: str) -> str:
    return f"arn:aws:sqs:eu-west-1:{account}:tasks"


def policy(
    *texts: object,
    kind: str = "aws:iam/rolePolicy:RolePolicy",
    references: tuple[str, ...] | None = None,
) -> Example:
    document = json.dumps({"Statement": [{"Effect": "Allow", "Resource": texts}]})
    return Example(
        type=kind,
        name="policy",
        properties={"policy": document},
        references={} if references is None else {"policy": references},
    )


def problems(*resources: Example, **config: object) -> list[str]:
    found = analyze_stack(account_literal, resources, config=config)
    return reading.problems(found)


def test_a_strange_account_is_found() -> None:
    [report] = analyze_stack(account_literal, [QUEUE, policy(arn(STRANGE))])
    assert report.level == "advisory"
    assert report.name == "policy"
    assert report.message == (
        f"policy: `policy` names account '{STRANGE}'; wanted the stack's own, '{OWN}', or one of "
        "`allowedAccounts` of iam-account-literal. Fix: Take the ARN from the resource, or the id "
        f"from `aws.get_caller_identity`. {URL}"
    )


@pytest.mark.parametrize("account", [STRANGE, "000000000000"], ids=["any", "an-emulators"])
def test_no_account_can_be_judged_before_anything_is_known(account: str) -> None:
    assert problems(policy(arn(account))) == [
        (
            f"not evaluated: policy: `policy` names account '{account}', and the stack's own is "
            "not known yet"
        ),
    ]


def test_the_account_of_emulators_passes_where_the_stack_lives_in_one() -> None:
    queue = Example(type=QUEUE.type, name="queue", properties={"arn": arn("000000000000")})
    assert problems(queue, policy(arn("000000000000"))) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(arn(OWN), id="the ARN of a resource"),
        pytest.param(f"arn:aws:iam::{OWN}:role/x", id="an ARN of the own account"),
        pytest.param(OWN, id="the own account by itself"),
        pytest.param("arn:aws:iam::aws:policy/ReadOnlyAccess", id="AWS's own"),
        pytest.param("arn:aws:s3:::bucket-444455556666", id="digits in a name"),
        pytest.param("4444555566667", id="one digit more"),
        pytest.param("44445555666", id="one digit less"),
        pytest.param("arn:aws:sqs:eu-west-1:*:tasks", id="no account"),
        pytest.param("", id="nothing"),
        pytest.param("{444455556666", id="text that looks like JSON"),
    ],
)
def test_what_names_no_other_account_passes(text: object) -> None:
    assert problems(QUEUE, policy(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"arn:aws:sqs:eu-west-1:{STRANGE}", id="an ARN that ends there"),
        pytest.param(arn(STRANGE), id="an ARN"),
        pytest.param(f"arn:aws-cn:iam::{STRANGE}:root", id="an ARN of another partition"),
        pytest.param(STRANGE, id="an id by itself"),
        pytest.param(json.dumps({"a": [STRANGE]}), id="JSON in JSON"),
        pytest.param(json.dumps([STRANGE]), id="a list as text"),
    ],
)
def test_every_form_of_a_strange_account_is_found(text: str) -> None:
    assert problems(QUEUE, policy(text)) == [f"policy: `policy` names account '{STRANGE}'"]


def test_all_strange_accounts_are_named() -> None:
    texts = [arn("777788889999"), arn(OWN), arn(STRANGE)]
    assert problems(QUEUE, policy(*texts)) == [
        f"policy: `policy` names account '{STRANGE}', '777788889999'"
    ]


def test_an_account_that_comes_from_a_resource_passes() -> None:
    other = Example(
        type="pulumi:pulumi:StackReference",
        name="other",
        properties={"outputs": {"queueArn": arn(STRANGE)}},
    )
    assert problems(QUEUE, other, policy(arn(STRANGE), references=("other",))) == []
    assert problems(QUEUE, other, policy(arn(STRANGE))) == [
        f"policy: `policy` names account '{STRANGE}'"
    ]


def test_a_reference_to_something_else_excuses_nothing() -> None:
    assert problems(QUEUE, policy(arn(STRANGE), references=("queue",))) == [
        f"policy: `policy` names account '{STRANGE}'"
    ]


def test_accounts_are_allowed_by_config() -> None:
    assert problems(QUEUE, policy(arn(STRANGE)), allowedAccounts=[STRANGE]) == []
    assert problems(policy(arn(STRANGE)), allowedAccounts=[STRANGE]) == []


@pytest.mark.parametrize(
    "kind",
    [
        "aws:iam/policy:Policy",
        "aws:iam/userPolicy:UserPolicy",
        "aws:iam/groupPolicy:GroupPolicy",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:kms/key:Key",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sqs/queue:Queue",
    ],
)
def test_policies_of_every_kind_are_read(kind: str) -> None:
    assert problems(QUEUE, policy(arn(STRANGE), kind=kind)) == [
        f"policy: `policy` names account '{STRANGE}'"
    ]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        pytest.param(
            "aws:iam/role:Role", {"assumeRolePolicy": {"Principal": {"AWS": STRANGE}}}, id="trust"
        ),
        pytest.param(
            "aws:iam/role:Role", {"inlinePolicies": [{"policy": [arn(STRANGE)]}]}, id="inline"
        ),
        pytest.param("aws:iam/role:Role", {"managedPolicyArns": [arn(STRANGE)]}, id="managed"),
        pytest.param("aws:iam/role:Role", {"permissionsBoundary": arn(STRANGE)}, id="boundary"),
        pytest.param(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"policyArn": arn(STRANGE)},
            id="role attachment",
        ),
        pytest.param(
            "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            {"policyArn": arn(STRANGE)},
            id="user attachment",
        ),
        pytest.param(
            "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
            {"policyArn": arn(STRANGE)},
            id="group attachment",
        ),
        pytest.param(
            "aws:iam/policyAttachment:PolicyAttachment", {"policyArn": arn(STRANGE)}, id="exclusive"
        ),
    ],
)
def test_roles_and_attachments_are_read(kind: str, properties: dict[str, object]) -> None:
    [key] = properties
    resource = Example(type=kind, name="subject", properties=properties)
    assert problems(QUEUE, resource) == [f"subject: `{key}` names account '{STRANGE}'"]


def test_other_properties_are_not_read() -> None:
    role = Example(type="aws:iam/role:Role", name="role", properties={"description": STRANGE})
    assert problems(QUEUE, role) == []


@pytest.mark.parametrize("no_arn", ["x", STRANGE, ""], ids=["a-word", "an-account", "nothing"])
def test_the_own_account_is_read_only_from_the_arn_itself(no_arn: str) -> None:
    properties = {"arn": no_arn, "name": arn(STRANGE), "url": STRANGE}
    queue = Example(type=QUEUE.type, name="queue", properties=properties)
    assert problems(queue, policy(arn(STRANGE))) == [
        (
            f"not evaluated: policy: `policy` names account '{STRANGE}', and the stack's own is "
            "not known yet"
        )
    ]


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        pytest.param({}, [], id="the provider's"),
        pytest.param(
            {"policy": ("queue",)},
            ["not evaluated: policy: `policy` is not known yet"],
            id="the program's",
        ),
    ],
)
def test_a_policy_that_is_not_known_is_said_if_the_program_gives_it(
    references: dict[str, tuple[str, ...]], expected: list[str]
) -> None:
    unknown = Example(
        type="aws:sqs/queuePolicy:QueuePolicy",
        name="policy",
        properties={"policy": UNKNOWN},
        references=references,
    )
    assert problems(QUEUE, unknown) == expected


def test_an_unknown_property_does_not_hide_the_next_one() -> None:
    role = Example(
        type="aws:iam/role:Role",
        name="role",
        properties={"assumeRolePolicy": UNKNOWN, "permissionsBoundary": arn(STRANGE)},
        references={"assumeRolePolicy": ("queue",)},
    )
    assert problems(QUEUE, role) == [
        f"role: `permissionsBoundary` names account '{STRANGE}'",
        "not evaluated: role: `assumeRolePolicy` is not known yet",
    ]


def test_a_property_that_names_only_the_own_account_does_not_hide_the_next_one() -> None:
    role = Example(
        type="aws:iam/role:Role",
        name="role",
        properties={"managedPolicyArns": [arn(OWN)], "permissionsBoundary": arn(STRANGE)},
    )
    assert problems(QUEUE, role) == [f"role: `permissionsBoundary` names account '{STRANGE}'"]


def test_every_property_that_cannot_be_judged_yet_is_said() -> None:
    role = Example(
        type="aws:iam/role:Role",
        name="role",
        properties={"managedPolicyArns": [arn(STRANGE)], "permissionsBoundary": arn(STRANGE)},
    )
    reason = f"names account '{STRANGE}', and the stack's own is not known yet"
    assert problems(role) == [
        f"not evaluated: role: `managedPolicyArns` {reason}",
        f"not evaluated: role: `permissionsBoundary` {reason}",
    ]


def provider(name: str, account: str | None) -> Example:
    settings = {} if account is None else {"allowedAccountIds": json.dumps([account])}
    return Example(type="pulumi:providers:aws", name=name, properties=settings)


def by(provider: str, resource: Example) -> Example:
    return dataclasses.replace(resource, provider=provider, name=f"{resource.name}-{provider}")


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([provider("blue", STRANGE), by("blue", policy(STRANGE))], id="its own"),
        pytest.param(
            [
                provider("blue", OWN),
                provider("green", STRANGE),
                by("blue", policy(arn(STRANGE))),
                by("green", policy(arn(OWN))),
            ],
            id="the stack's other one",
        ),
        pytest.param(
            [provider("blue", STRANGE), QUEUE, by("blue", policy(arn(OWN)))],
            id="that of what no provider tells",
        ),
        pytest.param(
            [provider("blue", OWN), QUEUE, by("blue", policy(arn(OWN)))],
            id="its own that an ARN has too",
        ),
        pytest.param(
            [provider("blue", OWN), provider("green", STRANGE), QUEUE, by("green", policy(OWN))],
            id="the stack's other one that an ARN has too",
        ),
    ],
)
def test_accounts_of_the_stacks_providers_pass(resources: list[Example]) -> None:
    assert problems(*resources) == []


def test_an_account_of_none_of_the_providers_is_found() -> None:
    providers = [provider("blue", OWN), provider("green", "777788889999")]
    own = [by("blue", policy(STRANGE)), by("green", policy(OWN))]
    [report] = analyze_stack(account_literal, [*providers, *own])
    assert report.text.partition("; wanted ")[2].startswith(
        f"the stack's own, '{OWN}', '777788889999', or one of `allowedAccounts`"
    )


def test_another_providers_account_does_not_tell_that_of_the_rest() -> None:
    stack = [provider("blue", OWN), provider("rest", None), by("rest", policy(STRANGE))]
    assert problems(*stack) == [
        (
            f"not evaluated: policy-rest: `policy` names account '{STRANGE}', and the stack's own "
            "is not known yet"
        )
    ]


@pytest.mark.parametrize(
    "account",
    [
        pytest.param("127311923021", id="ELB of us-east-1"),
        pytest.param("054676820928", id="ELB of eu-central-1"),
        pytest.param("193672423079", id="Redshift"),
        pytest.param("086441151436", id="CloudTrail"),
        pytest.param("386209384616", id="billing"),
        pytest.param("763104351884", id="images of deep learning"),
        pytest.param("626614931356", id="images of deep learning in af-south-1"),
        pytest.param("602401143452", id="images of EKS"),
        pytest.param("580247275435", id="Lambda Insights"),
        pytest.param("012438385374", id="Lambda Insights in another region"),
        pytest.param("177933569100", id="the extension of parameters and secrets"),
        pytest.param("027255383542", id="the extension of AppConfig"),
        pytest.param("017000801446", id="Powertools"),
        pytest.param("906394416424", id="Fluent Bit"),
        pytest.param("013241004608", id="images of EKS in us-gov-west-1"),
    ],
)
@pytest.mark.parametrize("form", ["arn:aws:iam::{}:root", "{}"], ids=["ARN", "id"])
def test_accounts_of_aws_pass(account: str, form: str) -> None:
    assert problems(QUEUE, policy(form.format(account))) == []
    assert problems(policy(form.format(account))) == []


def test_every_account_of_aws_has_its_form() -> None:
    assert len(aws_accounts()) > 70
    assert all(re.fullmatch(r"[0-9]{12}", account) for account in aws_accounts())


def test_preflight_answers_with_the_accounts_that_the_rule_passes() -> None:
    answered = resources.files("pulumi_preflight.outputs").joinpath("service_accounts.json")
    assert json.loads(answered.read_text()) == load("aws_accounts").entries


@pytest.mark.parametrize("account", ["123", "1111222233334", "11112222333a", "\u0661" * 12])
def test_an_account_that_may_be_named_has_twelve_digits(account: str) -> None:
    with pytest.raises(ValidationError, match="wanted the id of an account, 12 digits"):
        account_literal.config.model_validate({"allowedAccounts": [account]})
