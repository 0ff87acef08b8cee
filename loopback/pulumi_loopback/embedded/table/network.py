"""Virtual networks, and names inside them (Cloud Map)."""

from collections.abc import Mapping

from pulumi_loopback.embedded.api import Call, Entry, Tagging

_TAGS = Tagging(
    put=Call("CreateTags", "{Resources: [id], Tags: tags}"),
    remove=Call("DeleteTags", "{Resources: [id], Tags: keys[].{Key: @}}"),
)
_RULE = """{
    IpProtocol: ipProtocol, FromPort: fromPort, ToPort: toPort,
    IpRanges: cidrIpv4 && [{CidrIp: cidrIpv4, Description: description}],
    Ipv6Ranges: cidrIpv6 && [{CidrIpv6: cidrIpv6, Description: description}],
    PrefixListIds: prefixListId && [{PrefixListId: prefixListId, Description: description}],
    UserIdGroupPairs: referencedSecurityGroupId
        && [{GroupId: referencedSecurityGroupId, Description: description}]
}"""
_EVERYWHERE = "{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}"


def _rule(direction: str) -> Entry:
    return Entry(
        service="ec2",
        create=(
            Call(
                f"AuthorizeSecurityGroup{direction}",
                f"{{GroupId: securityGroupId, IpPermissions: [{_RULE}]}}",
            ),
        ),
        id="result.SecurityGroupRules[0].SecurityGroupRuleId",
        update=(
            Call(
                "ModifySecurityGroupRules",
                "{GroupId: securityGroupId, SecurityGroupRules: [{SecurityGroupRuleId: id,"
                " SecurityGroupRule: {IpProtocol: ipProtocol, FromPort: fromPort, ToPort: toPort,"
                " CidrIpv4: cidrIpv4, CidrIpv6: cidrIpv6, PrefixListId: prefixListId,"
                " ReferencedGroupId: referencedSecurityGroupId, Description: description}}]}",
            ),
        ),
        read=(
            Call(
                "DescribeSecurityGroupRules",
                "{SecurityGroupRuleIds: [id]}",
                result="SecurityGroupRules[].merge(@,"
                " {referencedSecurityGroupId: ReferencedGroupInfo.GroupId}) | [0]",
            ),
        ),
        delete=(
            Call(
                f"RevokeSecurityGroup{direction}",
                "{GroupId: securityGroupId, SecurityGroupRuleIds: [id]}",
            ),
        ),
        names={"securityGroupId": "GroupId", "arn": "SecurityGroupRuleArn"},
        tagging=_TAGS,
    )


NETWORK: Mapping[str, Entry] = {
    "aws:ec2/vpc:Vpc": Entry(
        service="ec2",
        create=(Call("CreateVpc", by_name=True),),
        id="result.Vpc.VpcId",
        # AWS takes one of them at a time.
        settings=tuple(
            Call(
                "ModifyVpcAttribute",
                f"{{VpcId: id, {attribute}: {{Value: {name}}}}}",
                when=(name,),
            )
            for attribute, name in {
                "EnableDnsSupport": "enableDnsSupport",
                "EnableDnsHostnames": "enableDnsHostnames",
            }.items()
        ),
        read=(
            Call("DescribeVpcs", "{VpcIds: [id]}", result="Vpcs[0]"),
            *(
                Call(
                    "DescribeVpcAttribute",
                    f"{{VpcId: id, Attribute: '{name}'}}",
                    result=f"{{{name}: {attribute}.Value}}",
                )
                for attribute, name in {
                    "EnableDnsSupport": "enableDnsSupport",
                    "EnableDnsHostnames": "enableDnsHostnames",
                }.items()
            ),
            Call(
                "DescribeSecurityGroups",
                "{Filters: [{Name: 'vpc-id', Values: [id]},"
                " {Name: 'group-name', Values: ['default']}]}",
                result="{defaultSecurityGroupId: SecurityGroups[0].GroupId}",
            ),
            Call(
                "DescribeRouteTables",
                "{Filters: [{Name: 'vpc-id', Values: [id]},"
                " {Name: 'association.main', Values: ['true']}]}",
                result="{mainRouteTableId: RouteTables[0].RouteTableId,"
                " defaultRouteTableId: RouteTables[0].RouteTableId}",
            ),
        ),
        delete=(Call("DeleteVpc", "{VpcId: id}"),),
        tagging=_TAGS,
    ),
    # AWS makes it with the network; it is taken over, and stripped of its rules.
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Entry(
        service="ec2",
        create=(
            Call(
                "DescribeSecurityGroups",
                "{Filters: [{Name: 'vpc-id', Values: [vpcId]},"
                " {Name: 'group-name', Values: ['default']}]}",
            ),
        ),
        id="result.SecurityGroups[0].GroupId",
        settings=(
            Call(
                "RevokeSecurityGroupIngress",
                "result.SecurityGroups[0].IpPermissions && {GroupId: id,"
                " IpPermissions: result.SecurityGroups[0].IpPermissions}",
            ),
            Call(
                "RevokeSecurityGroupEgress",
                f"result && {{GroupId: id, IpPermissions: [{_EVERYWHERE}]}}",
            ),
        ),
        read=(
            Call(
                "DescribeSecurityGroups",
                "{GroupIds: [id]}",
                result="SecurityGroups[].merge(@, {ingress: IpPermissions[].{protocol: IpProtocol,"
                " fromPort: FromPort, toPort: ToPort}, egress: IpPermissionsEgress[].{protocol:"
                " IpProtocol, fromPort: FromPort, toPort: ToPort}}) | [0]",
            ),
        ),
        names={"name": "GroupName", "arn": "SecurityGroupArn"},
        tagging=_TAGS,
    ),
    "aws:ec2/subnet:Subnet": Entry(
        service="ec2",
        create=(Call("CreateSubnet", by_name=True),),
        id="result.Subnet.SubnetId",
        settings=(
            Call(
                "ModifySubnetAttribute",
                "{SubnetId: id, MapPublicIpOnLaunch: {Value: mapPublicIpOnLaunch}}",
                when=("mapPublicIpOnLaunch",),
            ),
        ),
        read=(Call("DescribeSubnets", "{SubnetIds: [id]}", result="Subnets[0]"),),
        delete=(Call("DeleteSubnet", "{SubnetId: id}"),),
        names={"arn": "SubnetArn"},
        tagging=_TAGS,
    ),
    "aws:ec2/internetGateway:InternetGateway": Entry(
        service="ec2",
        create=(Call("CreateInternetGateway", by_name=True),),
        id="result.InternetGateway.InternetGatewayId",
        settings=(
            Call("AttachInternetGateway", "{InternetGatewayId: id, VpcId: vpcId}", when=("vpcId",)),
        ),
        read=(
            Call(
                "DescribeInternetGateways",
                "{InternetGatewayIds: [id]}",
                result="InternetGateways[].merge(@, {vpcId: Attachments[0].VpcId}) | [0]",
            ),
        ),
        delete=(
            Call("DetachInternetGateway", "{InternetGatewayId: id, VpcId: vpcId}"),
            Call("DeleteInternetGateway", "{InternetGatewayId: id}"),
        ),
        tagging=_TAGS,
    ),
    "aws:ec2/eip:Eip": Entry(
        service="ec2",
        create=(Call("AllocateAddress", "{Domain: domain}"),),
        id="result.AllocationId",
        read=(Call("DescribeAddresses", "{AllocationIds: [id]}", result="Addresses[0]"),),
        delete=(Call("ReleaseAddress", "{AllocationId: id}"),),
        # The gateway that uses the address decides on these.
        names=dict.fromkeys(
            ("associationId", "instance", "networkInterface", "privateIp", "privateDns")
        ),
        tagging=_TAGS,
    ),
    "aws:ec2/natGateway:NatGateway": Entry(
        service="ec2",
        create=(Call("CreateNatGateway", by_name=True),),
        id="result.NatGateway.NatGatewayId",
        read=(
            Call(
                "DescribeNatGateways",
                "{NatGatewayIds: [id]}",
                result="NatGateways[?State != 'deleted'].merge(@, NatGatewayAddresses[0]) | [0]",
            ),
        ),
        delete=(Call("DeleteNatGateway", "{NatGatewayId: id}"),),
        tagging=_TAGS,
    ),
    "aws:ec2/routeTable:RouteTable": Entry(
        service="ec2",
        create=(Call("CreateRouteTable", by_name=True),),
        id="result.RouteTable.RouteTableId",
        read=(Call("DescribeRouteTables", "{RouteTableIds: [id]}", result="RouteTables[0]"),),
        delete=(Call("DeleteRouteTable", "{RouteTableId: id}"),),
        names={"routes": None},
        tagging=_TAGS,
    ),
    "aws:ec2/route:Route": Entry(
        service="ec2",
        create=(Call("CreateRoute", by_name=True),),
        id="join('_', [routeTableId, destinationCidrBlock])",
        update=(Call("ReplaceRoute", by_name=True),),
        read=(
            Call(
                "DescribeRouteTables",
                "{RouteTableIds: [routeTableId]}",
                result="RouteTables[0].Routes[?DestinationCidrBlock == '$destinationCidrBlock']"
                " | [0]",
            ),
        ),
        delete=(
            Call(
                "DeleteRoute",
                "{RouteTableId: routeTableId, DestinationCidrBlock: destinationCidrBlock}",
            ),
        ),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Entry(
        service="ec2",
        create=(Call("AssociateRouteTable", by_name=True),),
        id="result.AssociationId",
        read=(
            Call(
                "DescribeRouteTables",
                "{RouteTableIds: [routeTableId]}",
                result="RouteTables[0].Associations[?RouteTableAssociationId == '$id'] | [0]",
            ),
        ),
        delete=(Call("DisassociateRouteTable", "{AssociationId: id}"),),
    ),
    "aws:ec2/securityGroup:SecurityGroup": Entry(
        service="ec2",
        # AWS lets a new group reach everything; Pulumi's provider takes that back.
        create=(
            Call("CreateSecurityGroup", by_name=True),
            Call(
                "RevokeSecurityGroupEgress",
                f"{{GroupId: result.GroupId, IpPermissions: [{_EVERYWHERE}]}}",
            ),
        ),
        id="made.GroupId",
        read=(Call("DescribeSecurityGroups", "{GroupIds: [id]}", result="SecurityGroups[0]"),),
        delete=(Call("DeleteSecurityGroup", "{GroupId: id}"),),
        names={
            "name": "GroupName",
            "arn": "SecurityGroupArn",
            "ingress": None,
            "egress": None,
        },
        tagging=_TAGS,
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("Ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("Egress"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Entry(
        service="ec2",
        create=(Call("CreateVpcEndpoint", by_name=True),),
        id="result.VpcEndpoint.VpcEndpointId",
        read=(
            Call(
                "DescribeVpcEndpoints",
                "{VpcEndpointIds: [id]}",
                result="VpcEndpoints[?State != 'deleted'] | [0]",
            ),
        ),
        delete=(Call("DeleteVpcEndpoints", "{VpcEndpointIds: [id]}"),),
        tagging=_TAGS,
    ),
    "aws:ec2/flowLog:FlowLog": Entry(
        service="ec2",
        create=(
            Call(
                "CreateFlowLogs",
                "{ResourceIds: [vpcId], ResourceType: 'VPC', DeliverLogsPermissionArn: iamRoleArn}",
                by_name=True,
            ),
        ),
        id="result.FlowLogIds[0]",
        read=(Call("DescribeFlowLogs", "{FlowLogIds: [id]}", result="FlowLogs[0]"),),
        delete=(Call("DeleteFlowLogs", "{FlowLogIds: [id]}"),),
        names={"vpcId": "ResourceId", "iamRoleArn": "DeliverLogsPermissionArn"},
        tagging=_TAGS,
    ),
}


_TAGS_OF_NAMES = Tagging(
    put=Call("TagResource", "{ResourceARN: arn, Tags: tags}"),
    remove=Call("UntagResource", "{ResourceARN: arn, TagKeys: keys}"),
    read=Call("ListTagsForResource", "{ResourceARN: arn}", result="Tags"),
)

NAMES: Mapping[str, Entry] = {
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": Entry(
        service="servicediscovery",
        create=(
            Call("CreatePrivateDnsNamespace", by_name=True),
            Call("GetOperation", "{OperationId: result.OperationId}"),
        ),
        id="result.Operation.Targets.NAMESPACE",
        update=(
            Call("UpdatePrivateDnsNamespace", "{Id: id, Namespace: {Description: description}}"),
        ),
        read=(
            Call(
                "GetNamespace",
                "{Id: id}",
                result="Namespace.merge(@, {hostedZone: Properties.DnsProperties.HostedZoneId})",
            ),
        ),
        delete=(Call("DeleteNamespace", "{Id: id}"),),
        tagging=_TAGS_OF_NAMES,
    ),
    "aws:servicediscovery/service:Service": Entry(
        service="servicediscovery",
        create=(Call("CreateService", by_name=True),),
        id="result.Service.Id",
        update=(
            Call(
                "UpdateService",
                "{Id: id, Service: {Description: description, DnsConfig: dnsConfig"
                " && {DnsRecords: dnsConfig.dnsRecords}}}",
            ),
        ),
        read=(Call("GetService", "{Id: id}", result="Service"),),
        delete=(Call("DeleteService", "{Id: id}"),),
        tagging=_TAGS_OF_NAMES,
    ),
}
