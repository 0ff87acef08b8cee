"""Names inside a virtual network (Cloud Map)."""

from collections.abc import Mapping

from pulumi_loopback.embedded.entry import Call, Entry, Tagging

_TAGS = Tagging(
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
        tagging=_TAGS,
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
        tagging=_TAGS,
    ),
}
