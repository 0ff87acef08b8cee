"""Policy documents that IAM would refuse, or would read otherwise than they are meant."""

from collections.abc import Mapping

from aws_policy_pack.json_text import read_json
from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.iam.documents import DOCUMENT_TYPES, Document, documents
from aws_policy_pack.rules.iam.grammar import OLD_VERSION, VERSION, faults, variables_in
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import listed, shown


@resource_rule(
    "iam-policy-document-valid",
    *DOCUMENT_TYPES,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="IAM takes the policy documents as they are",
    why="IAM refuses a wrong document only during the update, when half of the stack has changed.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    good={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Action": "ecr:GetAuthorizationToken", "Resource": "*"}]}'
    },
    bad={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "allow", '
        '"Action": "ecr:GetAuthorizationToken", "Resource": "*"}]}'
    },
)
def policy_document_valid(resource: Resource) -> Findings:
    """Reads the documents raw: a wrong kind of value is what it looks for."""

    def judge(document: Document) -> Findings:
        try:
            value = _read(document)
        except ValueError as error:
            yield Finding(
                problem=f"`{document.place}` is not JSON: {error}",
                part=document.place,
                wanted="a policy document",
                fix="Build the document as an object, and turn that into JSON",
            )
            return
        for fault in faults(value, document.place, is_trust=document.is_trust):
            yield Finding(
                problem=fault.problem,
                wanted=fault.wanted,
                fix="Correct the policy document",
                part=fault.part,
            )

    yield from judge_each(documents(resource), judge)


def _read(document: Document) -> Value:
    """The document as its JSON spells it.

    Raises:
        ValueError: The text is not JSON.
    """
    value = document.owner.raw(document.key)
    if not isinstance(value, str):
        return value
    read: Value = read_json(value)
    return read


@resource_rule(
    "iam-policy-variables",
    *DOCUMENT_TYPES,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Policies with variables have the version that reads them",
    why="For the old version, which counts where none is given, `${aws:username}` is plain text: "
    "what the policy allows matches nothing, and what it denies stays allowed.",
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    good={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}'
    },
    bad={
        "policy": '{"Statement": [{"Effect": "Allow", '
        '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}'
    },
)
def policy_variables(resource: Resource) -> Findings:
    """Passes over what is not a document: `iam-policy-document-valid` finds that."""

    def judge(document: Document) -> Findings:
        try:
            value = _read(document)
        except ValueError:
            return
        if not isinstance(value, Mapping) or value.get("Version") not in (None, OLD_VERSION):
            return
        variables = sorted(set(variables_in(value.get("Statement"))))
        if variables:
            place = f"{document.place}.Version"
            yield Finding(
                problem=f"`{place}` is {shown(value.get('Version'))}, for which "
                f"{listed(variables)} is plain text",
                wanted=shown(VERSION),
                fix="Set `Version`",
                part=place,
            )

    yield from judge_each(documents(resource), judge)
