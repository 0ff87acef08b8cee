"""SQS queues: FIFO, redrives, limits and access."""

from aws_policy_pack.rules.sqs.access import encryption as encryption
from aws_policy_pack.rules.sqs.access import policy_not_public as policy_not_public
from aws_policy_pack.rules.sqs.access import policy_tls_only as policy_tls_only
from aws_policy_pack.rules.sqs.dead_letters import (
    dead_letter_queue_required as dead_letter_queue_required,
)
from aws_policy_pack.rules.sqs.dead_letters import (
    dead_letter_queue_same_type as dead_letter_queue_same_type,
)
from aws_policy_pack.rules.sqs.dead_letters import dead_letter_retention as dead_letter_retention
from aws_policy_pack.rules.sqs.fifo import fifo_deduplication as fifo_deduplication
from aws_policy_pack.rules.sqs.fifo import fifo_name_suffix as fifo_name_suffix
from aws_policy_pack.rules.sqs.fifo import fifo_only_attributes as fifo_only_attributes
from aws_policy_pack.rules.sqs.fifo import fifo_required as fifo_required
from aws_policy_pack.rules.sqs.fifo import fifo_throughput_scope as fifo_throughput_scope
from aws_policy_pack.rules.sqs.limits import fifo_delay as fifo_delay
from aws_policy_pack.rules.sqs.limits import long_polling as long_polling
from aws_policy_pack.rules.sqs.limits import message_limits as message_limits
from aws_policy_pack.rules.sqs.redrive_paths import (
    dead_letter_queue_shared as dead_letter_queue_shared,
)
from aws_policy_pack.rules.sqs.redrive_paths import redrive_allow_policy as redrive_allow_policy
from aws_policy_pack.rules.sqs.redrive_paths import redrive_cycle as redrive_cycle
from aws_policy_pack.rules.sqs.redrive_policies import max_receive_count as max_receive_count
from aws_policy_pack.rules.sqs.redrive_policies import redrive_policy_shape as redrive_policy_shape
from aws_policy_pack.rules.sqs.senders import senders_allowed as senders_allowed
from aws_policy_pack.rules.sqs.visibility import visibility_timeout as visibility_timeout
