"""Policies, roles and users: who may do what, on which resources."""

from aws_policy_pack.rules.iam.accounts import account_literal as account_literal
from aws_policy_pack.rules.iam.administrators import administrator_access as administrator_access
from aws_policy_pack.rules.iam.administrators import no_users as no_users
from aws_policy_pack.rules.iam.conflicts import (
    inline_and_attachment_conflict as inline_and_attachment_conflict,
)
from aws_policy_pack.rules.iam.permissions import pass_role_scoped as pass_role_scoped
from aws_policy_pack.rules.iam.permissions import wildcard_action as wildcard_action
from aws_policy_pack.rules.iam.permissions import wildcard_resource as wildcard_resource
from aws_policy_pack.rules.iam.trust import public_trust as public_trust
from aws_policy_pack.rules.iam.validity import policy_document_valid as policy_document_valid
