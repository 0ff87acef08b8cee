"""Which actions can be limited to resources, after AWS's Service Authorization Reference."""

from functools import cache

from aws_policy_pack.lists import load
from aws_policy_pack.rules.iam.documents import matches


@cache
def scopable_actions() -> tuple[str, ...]:
    """The actions of common services that take a resource, in lower case.

    What is not here takes no resource, such as `ecr:GetAuthorizationToken`, or is one of the few
    that the file names as left out, or belongs to a service that the file does not have. Source:
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    return tuple(
        f"{service}:{action}"
        for service, actions in load("scopable_actions").entries.items()
        for action in actions.split()
    )


@cache
def is_scopable(pattern: str) -> bool:
    """Whether a pattern such as `ecs:Describe*` means an action that can be limited."""
    return any(matches(action, pattern) for action in scopable_actions())
