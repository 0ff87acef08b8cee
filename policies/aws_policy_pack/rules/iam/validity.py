"""Policy documents that IAM would refuse."""

from aws_policy_pack.json_text import read_json
from aws_policy_pack.parts import judge_each
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.iam.documents import DOCUMENT_TYPES, Document, documents
from aws_policy_pack.rules.iam.grammar import faults


@resource_rule(
    "iam-policy-document-valid",
    *DOCUMENT_TYPES,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="IAM takes the policy documents as they are",
    why="IAM refuses a wrong document only during the update, when half of the stack has changed; "
    "an old version is taken, but reads variables as plain text.",
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
        value = document.owner.raw(document.key)
        if isinstance(value, str):
            try:
                value = read_json(value)
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
