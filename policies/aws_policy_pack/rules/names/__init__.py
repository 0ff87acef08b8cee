"""Names: unique, within AWS's limits, telling the environment; and the tags that go with them."""

from aws_policy_pack.rules.names.environment import carry_environment as carry_environment
from aws_policy_pack.rules.names.form import follow_pattern as follow_pattern
from aws_policy_pack.rules.names.form import within_limits as within_limits
from aws_policy_pack.rules.names.logical import unique_logical as unique_logical
from aws_policy_pack.rules.names.physical import unique_physical as unique_physical
from aws_policy_pack.rules.names.tags import tags_required as tags_required
