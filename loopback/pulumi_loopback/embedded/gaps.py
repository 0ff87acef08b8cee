"""What moto 5.2.5 lacks or gets wrong of what the stack needs, closed one by one.

Each gap is one function over moto's own classes, and has a test that fails once moto closes it.
"""

import json
from typing import Any

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
from moto.utilities.utils import get_partition

from pulumi_loopback.embedded.gaps_of_queues import GAPS_OF_QUEUES

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
