"""What moto 5.2.5 lacks or gets wrong of what the stack needs, closed one by one.

Each gap is one function over moto's own classes, and has a test that fails once moto closes it.
"""

import json
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, TypeAlias

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ecs.models import Service
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.rds.models import DBInstance, DBSubnetGroup, RDSBackend
from moto.rds.responses import RDSResponse
from moto.route53.models import route53_backends
from moto.s3.models import FakeBucket, FakeDeleteMarker
from moto.servicediscovery.models import ServiceDiscoveryBackend
from moto.sqs.exceptions import InvalidParameterValue, SQSException
from moto.sqs.models import Message, Queue, SQSBackend
from moto.utilities.utils import get_partition

_DEDUPLICATION_MS = 5 * 60 * 1000

Entry: TypeAlias = dict[str, Any]
Batch: TypeAlias = Callable[
    [SQSBackend, str, Sequence[Entry]], tuple[list[str], list[dict[str, Any]]]
]


def keep_queue_policies() -> None:
    """SetQueueAttributes keeps a policy that the call does not name; `""` removes either policy.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    original = Queue._set_attributes  # noqa: SLF001 - moto has no other place to set them
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]

    def set_attributes(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:  # noqa: ANN401 - a queue, whose attributes moto sets by name
        kept = getattr(self, "policy", None)
        allowed = getattr(self, "redrive_allow_policy", None)
        original(self, attributes, now)
        self.policy = attributes.get("Policy", kept)
        self.redrive_allow_policy = attributes.get("RedriveAllowPolicy", allowed) or None

    Queue._set_attributes = set_attributes  # type: ignore[method-assign] # noqa: SLF001 - the same


def deduplicate_as_long_as_aws() -> None:
    """A FIFO queue drops a duplicate for five minutes, even when the first message is gone.

    Where the queue's scope is the message group, only messages of one group are duplicates. moto
    compares with the messages that wait in the queue, of all groups.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
    """
    original = Queue.add_message

    def add_message(self: Any, message: Any) -> None:  # noqa: ANN401 - moto gives them attributes by name
        # A message that moves to a dead-letter queue has been received: no duplicate.
        if not self.fifo_queue or message.approximate_receive_count:
            original(self, message)
            return
        sent: dict[tuple[str | None, str], int] = self.__dict__.setdefault("sent_ids", {})
        per_group = getattr(self, "deduplication_scope", None) == "messageGroup"
        key = (message.group_id if per_group else None, message.deduplication_id)
        end = message.sent_timestamp - _DEDUPLICATION_MS
        # The messages stand in the order in which they were sent.
        for old in list(takewhile(lambda each: sent[each] <= end, sent)):
            del sent[old]
        if key in sent:
            return
        sent[key] = message.sent_timestamp
        with self._messages_lock:
            self._messages.append(message)
            self._messages_lock.notify_all()

    Queue.add_message = add_message  # type: ignore[method-assign]


def expire_receipts_for_deletion() -> None:
    """A receipt deletes a message only while the receipt is the message's last one.

    In a FIFO queue the message's visibility timeout must also last; any other receipt is refused.
    In a standard queue the call succeeds and deletes nothing.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html,
    and aws/aws-sdk-js, issue 1750, for the refusal.
    """
    original = Queue.delete_message

    def delete_message(self: Queue, receipt_handle: str) -> None:
        message = _received_with(self, receipt_handle)
        if message is not None:
            is_last = message.receipt_handle == receipt_handle
            if self.fifo_queue and (message.visible or not is_last):
                raise _refused(receipt_handle, "The receipt handle has expired.")
            if not is_last:
                return
        original(self, receipt_handle)

    Queue.delete_message = delete_message  # type: ignore[method-assign]


def expire_receipts_for_visibility() -> None:
    """Only the last receipt changes a message's visibility timeout, and only while that lasts.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html,
    and mapbox/ecs-watchbot, issue 135, for the refusal.
    """
    original = SQSBackend.change_message_visibility

    def change(
        self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        message = _received_with(self.get_queue(queue_name), receipt_handle)
        if message is not None and (message.visible or message.receipt_handle != receipt_handle):
            raise _refused(
                receipt_handle,
                "Message does not exist or is not available for visibility timeout change.",
            )
        original(self, queue_name, receipt_handle, visibility_timeout)

    SQSBackend.change_message_visibility = change  # type: ignore[method-assign]


def refuse_entries_alone() -> None:
    """An entry of a batch that is refused does not refuse the batch.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
    """
    for name in ("delete_message_batch", "change_message_visibility_batch"):
        setattr(SQSBackend, name, _one_by_one(getattr(SQSBackend, name)))


def _one_by_one(original: Batch) -> Batch:
    def batch(
        self: SQSBackend, queue_name: str, entries: Sequence[Entry]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        done: list[str] = []
        failed: list[dict[str, Any]] = []
        for entry in entries:
            try:
                succeeded, refused = original(self, queue_name, [entry])
            except SQSException as error:
                told = {"Code": error.code, "Message": error.message, "SenderFault": True}
                succeeded, refused = [], [{"Id": entry["Id"], **told}]
            done += succeeded
            failed += refused
        return done, failed

    return batch


def _received_with(queue: Queue, receipt_handle: str) -> Message | None:
    held = queue._messages  # noqa: SLF001 - moto shows only those that are visible
    return next((each for each in held if each.had_receipt_handle(receipt_handle)), None)


def _refused(receipt_handle: str, reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: {reason}"
    )


GAPS_OF_QUEUES = (
    keep_queue_policies,
    deduplicate_as_long_as_aws,
    expire_receipts_for_deletion,
    expire_receipts_for_visibility,
    refuse_entries_alone,
)


_SERVICE_FIELDS = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "networkConfiguration",
)


def close_gaps() -> None:
    """Changes moto in this process, once."""
    for close in GAPS:
        close()


def keep_service_fields() -> None:
    """What CreateService and UpdateService are given is shown by DescribeServices.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
    """
    for operation in ("create_service", "update_service"):
        setattr(
            EC2ContainerServiceResponse,
            operation,
            _keeping(getattr(EC2ContainerServiceResponse, operation)),
        )


def _keeping(original: Any) -> Any:  # noqa: ANN401 - a method of moto's
    def kept(self: EC2ContainerServiceResponse) -> ActionResult:
        answer: ActionResult = original(self)
        result: Any = answer.result
        service: Service = result["service"]
        for name in _SERVICE_FIELDS:
            if (value := self._get_param(name)) is not None:
                setattr(service, name, value)
        return answer

    return kept


def keep_modified_subnet_group() -> None:
    """ModifyDBSubnetGroup changes a group; it does not delete it.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html
    """
    original = RDSBackend.modify_db_subnet_group

    def modify(
        self: RDSBackend, subnet_name: str, description: str, subnets: list[Any]
    ) -> DBSubnetGroup:
        group = original(self, subnet_name, description, subnets)
        self.subnet_groups[subnet_name] = group
        return group

    RDSBackend.modify_db_subnet_group = modify  # type: ignore[method-assign]


def keep_managed_secret() -> None:
    """An instance whose password is managed keeps its secret when it is modified.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
    """
    original = DBInstance.update

    def update(self: DBInstance, manage_master_user_password: Any = None, **given: Any) -> None:  # noqa: ANN401 - what moto's takes
        managed = manage_master_user_password and hasattr(self, "master_user_secret")
        original(self, None if managed else manage_master_user_password, **given)

    DBInstance.update = update  # type: ignore[assignment,method-assign]


def delete_zone_of_namespace() -> None:
    """With a DNS namespace of Cloud Map goes the hosted zone that was made with it.

    Source: https://docs.aws.amazon.com/cloud-map/latest/dg/deleting-namespaces.html
    """
    original = ServiceDiscoveryBackend.delete_namespace

    def delete(self: ServiceDiscoveryBackend, namespace_id: str) -> str:
        namespace = self.namespaces.get(namespace_id)
        operation = original(self, namespace_id)
        if namespace and namespace.dns_properties:
            zones = route53_backends[self.account_id][get_partition(self.region_name)].zones
            zones.pop(namespace.dns_properties["HostedZoneId"].rpartition("/")[2], None)
        return operation

    ServiceDiscoveryBackend.delete_namespace = delete  # type: ignore[method-assign]


def delete_interface_of_nat_gateway() -> None:
    """With a NAT gateway goes its network interface.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    """
    original = NatGatewayBackend.delete_nat_gateway

    def delete(self: Any, nat_gateway_id: str) -> NatGateway:  # noqa: ANN401 - all of EC2's backends in one
        gateway = original(self, nat_gateway_id)
        for address in gateway.nat_gateway_addresses:
            self.enis.pop(address["networkInterfaceId"], None)
        return gateway

    NatGatewayBackend.delete_nat_gateway = delete  # type: ignore[method-assign]


def name_source_of_parameters() -> None:
    """DescribeDBParameters says of a parameter who has set it.

    moto knows only those that the user has set.
    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Parameter.html
    """
    original = RDSResponse.describe_db_parameters

    def describe(self: RDSResponse) -> ActionResult:
        answer = original(self)
        shown: Any = answer.result
        shown["Parameters"] = [{**each, "Source": "user"} for each in shown["Parameters"]]
        return answer

    RDSResponse.describe_db_parameters = describe  # type: ignore[method-assign]


class UnsupportedOperation(ServiceException):
    """The endpoint does not know the call."""

    code = "UnsupportedOperation"


def refuse_unknown_operations() -> None:
    """A call that moto does not know is refused with a code, not with a page that says 500.

    Clients try a 500 again and again.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    original = BaseResponse.call_action

    def call_action(self: BaseResponse) -> TYPE_RESPONSE:
        try:
            return original(self)
        except NotImplementedError as error:
            status, headers, body = self.serialized(ActionResult(UnsupportedOperation(str(error))))
            return status, {**headers, "status": status}, body

    BaseResponse.call_action = call_action  # type: ignore[method-assign]


def leave_conditions_to_the_cloud() -> None:
    """A statement of a bucket's policy with conditions denies nothing here.

    moto takes it as if it had none. The stack's buckets deny what is not sent over TLS: at AWS that
    is nothing, while all that reaches this endpoint is plain HTTP on the loopback.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """

    def get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
        policy = json.loads(self.policy or '{"Statement": []}')
        given = policy["Statement"]
        statements = given if isinstance(given, list) else [given]
        judged = [each for each in statements if "Condition" not in each]
        bare = IAMPolicy(json.dumps({**policy, "Statement": judged}))
        return bare.is_action_permitted(action, resource)

    FakeBucket.get_permission = get_permission  # type: ignore[method-assign]


def delete_marked_objects() -> None:
    """An object with a delete marker can be deleted once versioning is suspended.

    moto disposes of the contents of all versions then, and a marker has none to dispose of.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectsfromVersioningSuspendedBuckets.html
    """
    FakeDeleteMarker.dispose = lambda _marker: None  # type: ignore[attr-defined]


GAPS = (
    *GAPS_OF_QUEUES,
    keep_service_fields,
    keep_modified_subnet_group,
    keep_managed_secret,
    delete_zone_of_namespace,
    delete_interface_of_nat_gateway,
    name_source_of_parameters,
    refuse_unknown_operations,
    leave_conditions_to_the_cloud,
    delete_marked_objects,
)
