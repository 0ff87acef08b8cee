"""The account of resources and answers: told by a provider's settings or by `preflight.yaml`."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.outputs.regions import account_in
from pulumi_preflight.outputs.subject import ACCOUNT, Place
from pulumi_preflight.project.overrides import read_overrides
from pulumi_preflight.wire import UNKNOWN, PropertyValue, secret
from tests.preflight.running import Ran, RunProgram

BLUE, GREEN, TOLD = "111111111111", "222222222222", "012345678901"


def role(account: str, partition: str = "aws") -> dict[str, PropertyValue]:
    return {"roleArn": f"arn:{partition}:iam::{account}:role/deploy"}


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        pytest.param({}, TOLD, id="nothing-said"),
        pytest.param({"allowedAccountIds": [BLUE]}, BLUE, id="the-only-one-allowed"),
        pytest.param({"allowedAccountIds": json.dumps([BLUE])}, BLUE, id="json-text"),
        pytest.param({"allowedAccountIds": f"[{BLUE}]"}, BLUE, id="a-number-of-the-configuration"),
        pytest.param({"allowedAccountIds": secret(json.dumps([BLUE]))}, BLUE, id="a-secret"),
        pytest.param({"allowedAccountIds": [BLUE, GREEN]}, TOLD, id="two-allowed"),
        pytest.param({"allowedAccountIds": [UNKNOWN]}, TOLD, id="an-unknown-one-allowed"),
        pytest.param({"allowedAccountIds": UNKNOWN}, TOLD, id="unknown-ones-allowed"),
        pytest.param({"allowedAccountIds": "blue"}, TOLD, id="no-list"),
        pytest.param({"allowedAccountIds": [ACCOUNT]}, TOLD, id="a-made-up-one-allowed"),
        pytest.param({"assumeRole": role(BLUE)}, BLUE, id="a-role"),
        pytest.param({"assumeRole": role(BLUE, "aws-cn")}, BLUE, id="a-role-in-china"),
        pytest.param({"assumeRoles": json.dumps([role(BLUE)])}, BLUE, id="roles-as-json-text"),
        pytest.param({"assumeRoles": [role(BLUE), role(GREEN)]}, GREEN, id="the-last-role"),
        pytest.param({"assumeRoles": []}, TOLD, id="no-roles"),
        pytest.param(
            {"assumeRoles": json.dumps([{"role_arn": f"arn:aws:iam::{BLUE}:role/deploy"}])},
            BLUE,
            id="a-role-of-a-dict",
        ),
        pytest.param({"assumeRoleWithWebIdentity": role(BLUE)}, BLUE, id="a-web-identity"),
        pytest.param(
            {"assumeRoleWithWebIdentity": role(BLUE), "assumeRoles": [role(GREEN)]},
            GREEN,
            id="a-role-after-the-web-identity",
        ),
        pytest.param(
            {"allowedAccountIds": [BLUE], "assumeRole": {"roleArn": UNKNOWN}},
            BLUE,
            id="allowed-beside-an-unknown-role",
        ),
        pytest.param({"assumeRole": {"roleArn": UNKNOWN}}, None, id="an-unknown-role"),
        pytest.param({"assumeRoles": UNKNOWN}, None, id="unknown-roles"),
        pytest.param({"assumeRole": role(ACCOUNT)}, None, id="a-role-of-a-made-up-account"),
    ],
)
def test_a_providers_settings_tell_its_account(
    settings: dict[str, PropertyValue], wanted: str | None
) -> None:
    assert account_in(settings, told=TOLD) == wanted


@given(st.dictionaries(st.sampled_from(["allowedAccountIds", "assumeRoles"]), st.text()))
def test_any_text_in_the_settings_is_read(settings: dict[str, PropertyValue]) -> None:
    account = account_in(settings)
    assert account is None or len(account) == len(ACCOUNT)


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        pytest.param(TOLD, f"arn:aws:sqs:eu-west-1:{TOLD}:q", id="known"),
        pytest.param(None, f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", id="made-up"),
    ],
)
def test_an_arn_holds_the_account_of_its_place(known: str | None, wanted: str) -> None:
    place = Place(region="eu-west-1", known_account=known)
    assert (place.arn("sqs", "q"), place.account_known) == (wanted, known is not None)


TWO_ACCOUNTS = """
import json
import pulumi
import pulumi_aws as aws

def allowed(account):
    return aws.Provider(f"allowed-{account}", region="eu-west-1", allowed_account_ids=[account])

def assumed(account):
    role = aws.ProviderAssumeRoleArgs(role_arn=f"arn:aws:iam::{account}:role/deploy")
    return aws.Provider(f"assumed-{account}", region="eu-west-1", assume_roles=[role])

answers = []
for account, provider in {"111111111111": allowed, "222222222222": assumed}.items():
    options = pulumi.ResourceOptions(provider=provider(account))
    aws.sqs.Queue(f"queue-{account}", name="jobs", opts=options)
    aws.iam.Role(f"role-{account}", name="jobs", assume_role_policy="{}", opts=options)
    aws.ecr.Repository(f"images-{account}", name="jobs", opts=options)
    aws.ec2.Vpc(f"network-{account}", cidr_block="10.0.0.0/16", opts=options)
    told = aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=options.provider))
    answers.append([told.account_id, told.arn])
aws.sqs.Queue("queue-own", name="jobs")
answers.append(aws.get_caller_identity().account_id)
print(json.dumps(answers))
"""


@pytest.fixture
def ran(run: RunProgram) -> Ran:
    return run(TWO_ACCOUNTS, config="{aws:region: eu-west-1}", preflight=f'account: "{TOLD}"')


@pytest.mark.parametrize("account", [BLUE, GREEN])
def test_each_resource_has_the_account_of_its_provider(ran: Ran, account: str) -> None:
    queue = ran.outputs(f"queue-{account}")
    assert queue["arn"] == f"arn:aws:sqs:eu-west-1:{account}:jobs"
    assert queue["url"] == f"https://sqs.eu-west-1.amazonaws.com/{account}/jobs"
    assert ran.outputs(f"role-{account}")["arn"] == f"arn:aws:iam::{account}:role/jobs"
    repository = ran.outputs(f"images-{account}")["repositoryUrl"]
    assert repository == f"{account}.dkr.ecr.eu-west-1.amazonaws.com/jobs"
    assert ran.outputs(f"network-{account}")["ownerId"] == account


def test_the_rest_has_the_account_that_preflight_yaml_tells(ran: Ran) -> None:
    assert ran.outputs("queue-own")["arn"] == f"arn:aws:sqs:eu-west-1:{TOLD}:jobs"


def test_a_caller_is_told_the_account_of_its_provider(ran: Ran) -> None:
    assert ran.printed == [
        [BLUE, f"arn:aws:iam::{BLUE}:user/preflight"],
        [GREEN, f"arn:aws:iam::{GREEN}:user/preflight"],
        TOLD,
    ]


def test_an_account_that_was_told_leaves_no_note(ran: Ran) -> None:
    assert ran.notes == []


# As pulumi_aws asks it, without the second that its import takes.
CALLER = """
import pulumi
answer = pulumi.runtime.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
print(answer.value["accountId"])
"""


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(f"aws:allowedAccountIds: ['{BLUE}']", id="allowed"),
        pytest.param(
            f"aws:assumeRoles: [{{roleArn: 'arn:aws:iam::{BLUE}:role/deploy'}}]", id="role"
        ),
    ],
)
def test_the_configuration_tells_the_default_providers_account(
    run: RunProgram, config: str
) -> None:
    ran = run(CALLER, config=f"{{aws:region: eu-west-1, {config}}}")
    assert (ran.deployment.printed, ran.notes) == (f"{BLUE}\n", [])


@pytest.mark.parametrize(
    "role",
    [
        pytest.param('pulumi.StackReference("o/p/d").get_output("role")', id="of-another-stack"),
        pytest.param(
            'aws.organizations.Account("dev", email="d@example.com").id.apply('
            'lambda id: f"arn:aws:iam::{id}:role/deploy")',
            id="of-a-new-account",
        ),
    ],
)
def test_a_role_that_is_not_known_is_of_an_account_of_its_own(run: RunProgram, role: str) -> None:
    ran = run(
        f"""
import pulumi, pulumi_aws as aws
other = aws.Provider("other", assume_roles=[{{"role_arn": {role}}}], region="us-west-2")
for name, provider in {{"here": None, "there": other, "beside": other}}.items():
    queue = aws.sqs.Queue(name, opts=pulumi.ResourceOptions(provider=provider))
    queue.arn.apply(lambda arn: print(arn.split(":")[4]))
"""
    )
    here, *there = ran.deployment.printed.split()
    assert here == ACCOUNT
    assert len(set(there)) == 1
    assert re.fullmatch(r"\d{12}", there[0])
    assert there[0] != ACCOUNT


def test_each_new_account_has_an_id_of_its_own(run: RunProgram) -> None:
    ran = run(
        """
import pulumi_aws as aws
for name in ("dev", "prod"):
    account = aws.organizations.Account(name, email=f"{name}@example.com")
    account.id.apply(print)
"""
    )
    ids = ran.deployment.printed.split()
    assert len({ACCOUNT, *ids}) == 3
    assert all(re.fullmatch(r"\d{12}", each) for each in ids)


def test_an_account_that_nobody_told_leaves_one_note(run: RunProgram) -> None:
    [note] = run(CALLER, config="{aws:region: eu-west-1}").notes
    assert note == (
        f"getCallerIdentity was answered: account {ACCOUNT}, which nobody told; preflight.yaml "
        "can give the real one under account"
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param(f'account: "{BLUE}"', BLUE, id="by-itself"),
        pytest.param(
            "invokes: [{function: aws:index/getCallerIdentity:getCallerIdentity, "
            f'result: {{accountId: "{BLUE}"}}}}]',
            BLUE,
            id="as-an-answer",
        ),
        pytest.param("invokes: []", None, id="not-at-all"),
    ],
)
def test_preflight_yaml_tells_the_account(tmp_path: Path, text: str, wanted: str | None) -> None:
    (tmp_path / "preflight.yaml").write_text(text)
    assert read_overrides(tmp_path / "preflight.yaml").own_account == wanted


@pytest.mark.parametrize(
    ("text", "given"),
    [
        pytest.param("123456789012", "123456789012, which YAML reads as int", id="number"),
        pytest.param("012345670123", "1402433619, which YAML reads as int", id="octal-number"),
        pytest.param('"1234"', "'1234'", id="too-short"),
        pytest.param('"1234-5678-9012"', "'1234-5678-9012'", id="with-dashes"),
        pytest.param('"١٢٣٤٥٦٧٨٩٠١٢"', "'١٢٣٤٥٦٧٨٩٠١٢'", id="other-digits"),
        pytest.param("[]", "[], which YAML reads as list", id="list"),
    ],
)
def test_an_account_that_is_not_text_of_12_digits_is_refused(
    tmp_path: Path, text: str, given: str
) -> None:
    file = tmp_path / "preflight.yaml"
    file.write_text(f"account: {text}", encoding="utf-8")
    with pytest.raises(ProjectError) as raised:
        read_overrides(file)
    assert str(raised.value) == (
        f"{file}: account: is {given}; wanted 12 digits as text, in quotes, since a number has "
        'no leading zeros: account: "111122223333"'
    )
