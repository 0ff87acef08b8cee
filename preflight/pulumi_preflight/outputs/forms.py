"""The form of each text that only the provider knows: by type and property, by name, by its end.

`templates` tells what the places in a form mean. A form without a place is a value that AWS gives
to many resources, and is made up like all others. Sources, all read for their examples:

- endpoints and host names: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
- unique ids of IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
- host names of EC2: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html
- all others: the reference page of the response in the service's API reference, and what the AWS
  provider makes of it (hashicorp/terraform-provider-aws, internal/service/<service>).
"""

from itertools import accumulate

TIME = "2026-01-01T00:00:00Z"
STREAM_TIME = "2026-01-01T00:00:00.000"
# Nobody knows what a policy says; the digits of its statement tell it wherever it is built in.
POLICY = (
    '{"Statement":[{"Action":"sts:GetCallerIdentity","Effect":"Allow","Resource":"*",'
    '"Sid":"Preflight{hex16}"}],"Version":"2012-10-17"}'
)

_LAMBDA = "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/"
_STREAMING = "arn:{partition}:apigateway:{region}:lambda:path/2021-11-15/functions/"
_EXECUTE = "arn:{partition}:execute-api:{region}:{account}:"
_DATABASE = "{hex12@account}.{region}.rds.{dns}"
_DOCUMENTS = "{hex12@account}.{region}.docdb.{dns}"
_GRAPH = "{hex12@account}.{region}.neptune.{dns}"

BY_TYPE: dict[str, str] = {
    "amplify/app.defaultDomain": "{id}.amplifyapp.com",
    "amplify/domainassociation.certificateVerificationDnsRecord": (
        "_{hex32}.{=domainName}. CNAME _{hex32@value}.acm-validations.aws."
    ),
    "amplify/domainassociation.dnsRecord": " CNAME d{hex13}.cloudfront.net",
    "apigateway/deployment.executionArn": f"{_EXECUTE}{{=restApi}}/",
    "apigateway/deployment.invokeUrl": "https://{=restApi}.execute-api.{region}.{dns}/",
    "apigateway/restapi.executionArn": f"{_EXECUTE}{{id}}",
    "apigateway/restapi.rootResourceId": "{hex10}",
    "apigateway/stage.executionArn": f"{_EXECUTE}{{=restApi}}/{{=stageName}}",
    "apigateway/stage.invokeUrl": "https://{=restApi}.execute-api.{region}.{dns}/{=stageName}",
    "apigatewayv2/api.apiEndpoint": "https://{id}.execute-api.{region}.{dns}",
    "apigatewayv2/api.executionArn": f"{_EXECUTE}{{id}}",
    "apigatewayv2/stage.executionArn": f"{_EXECUTE}{{=apiId}}/{{name}}",
    "apigatewayv2/stage.invokeUrl": "https://{=apiId}.execute-api.{region}.{dns}/{name}",
    "cloudfront/distribution.domainName": "d{hex13}.cloudfront.net",
    # The one zone of all distributions.
    "cloudfront/distribution.hostedZoneId": "Z2FDTNDATAQYW2",
    "cloudfront/distribution.status": "Deployed",
    "cloudfront/originaccessidentity.cloudfrontAccessIdentityPath": (
        "origin-access-identity/cloudfront/{id}"
    ),
    "cloudfront/originaccessidentity.iamArn": (
        "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id}"
    ),
    "cloudfront/originaccessidentity.s3CanonicalUserId": "{hex64}{hex32@more}",
    "cognito/userpool.endpoint": "cognito-idp.{region}.{dns}/{id}",
    "cognito/userpoolclient.clientSecret": "{hex26}{hex25@more}",
    "docdb/cluster.clusterResourceId": "cluster-{cap26}",
    "docdb/cluster.endpoint": f"{{name}}.cluster-{_DOCUMENTS}",
    "docdb/cluster.readerEndpoint": f"{{name}}.cluster-ro-{_DOCUMENTS}",
    "docdb/clusterinstance.endpoint": f"{{name}}.{_DOCUMENTS}",
    "dynamodb/table.streamArn": f"{{arn}}/stream/{STREAM_TIME}",
    "dynamodb/table.streamLabel": STREAM_TIME,
    "ec2/eip.allocationId": "{id}",
    "ec2/eip.networkBorderGroup": "{region}",
    "ec2/eip.associationId": "eipassoc-{hex17}",
    "ec2/instance.instanceState": "running",
    "ec2/natgateway.associationId": "eipassoc-{hex17}",
    "ec2/securitygrouprule.securityGroupRuleId": "sgr-{hex17}",
    "ec2/subnet.ipv6CidrBlock": "2001:db8:1234:1a00::/64",
    "ec2/subnet.ipv6CidrBlockAssociationId": "subnet-cidr-assoc-{hex17}",
    "ec2transitgateway/transitgateway.associationDefaultRouteTableId": "tgw-rtb-{hex17@table}",
    "ec2transitgateway/transitgateway.propagationDefaultRouteTableId": "tgw-rtb-{hex17@table}",
    "ec2/vpc.dhcpOptionsId": "dopt-{hex17}",
    "ec2/vpc.ipv6AssociationId": "vpc-cidr-assoc-{hex17}",
    "ec2/vpc.ipv6CidrBlockNetworkBorderGroup": "{region}",
    "ecr/repository.repositoryUrl": "{account}.dkr.ecr.{region}.{dns}/{name}",
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
    "ecs/cluster.settings.0.value": "disabled",
    # The provider takes what stands after the colon for the digest.
    "ecs/containerdefinition.image": "{account}.dkr.ecr.{region}.{dns}/{=containerName}:{hex8@tag}",
    "ecs/containerdefinition.imageDigest": "{hex8@tag}",
    "efs/filesystem.dnsName": "{id}.efs.{region}.{dns}",
    "efs/mounttarget.dnsName": "{=fileSystemId|name}.efs.{region}.{dns}",
    "efs/mounttarget.mountTargetDnsName": "{zone}.{=fileSystemId|name}.efs.{region}.{dns}",
    "eks/cluster.endpoint": "https://{HEX32@cluster}.gr7.{region}.eks.{dns}",
    "eks/cluster.identities.0.oidcs.0.issuer": (
        "https://oidc.eks.{region}.{dns}/id/{HEX32@cluster}"
    ),
    # Base64 of a certificate's first line.
    "eks/cluster.certificateAuthority.data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
    "eks/cluster.platformVersion": "eks.1",
    "eks/cluster.version": "1.36",
    "elasticache/cluster.engine": "redis",
    "elasticache/cluster.nodeType": "cache.t4g.micro",
    "elasticache/cluster.parameterGroupName": "default.{family}",
    "elasticache/replicationgroup.nodeType": "cache.t4g.micro",
    "elasticache/replicationgroup.parameterGroupName": "default.{family}",
    "elb/loadbalancer.dnsName": "{name}-{num9}.{region}.elb.{dns}",
    "elb/loadbalancer.zoneId": "{balancerzone}",
    "fsx/filecache.dnsName": "{id}.fsx.{region}.{dns}",
    "fsx/lustrefilesystem.dnsName": "{id}.fsx.{region}.{dns}",
    "fsx/ontapfilesystem.dnsName": "{id}.fsx.{region}.{dns}",
    "fsx/openzfsfilesystem.dnsName": "{id}.fsx.{region}.{dns}",
    "fsx/windowsfilesystem.dnsName": "{id}.fsx.{region}.{dns}",
    "iam/accesskey.encryptedSecret": "{hex40}",
    "iam/accesskey.secret": "{hex40}",
    "iam/accesskey.sesSmtpPasswordV4": "B{hex43}",
    "iam/group.uniqueId": "AGPA{cap17}",
    "iam/instanceprofile.uniqueId": "AIPA{cap17}",
    "iam/policy.policyId": "ANPA{cap17}",
    "iam/user.uniqueId": "AIDA{cap17}",
    "kms/key.keyId": "{id}",
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    "kms/key.policy": (
        '{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow",'
        '"Principal":{"AWS":"arn:{partition}:iam::{account}:root"},"Resource":"*",'
        '"Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}'
    ),
    "lambda/function.qualifiedInvokeArn": f"{_LAMBDA}{{arn}}:{{version}}/invocations",
    "lambda/function.responseStreamingInvokeArn": (
        f"{_STREAMING}{{arn}}/response-streaming-invocations"
    ),
    "lambda/function.qualifiedArn": "{arn}:{version}",
    "lambda/function.version": "{version}",
    "lambda/function.codeSha256": "{hex43}=",
    "lambda/function.loggingConfig.logFormat": "Text",
    "lambda/function.lastModified": "2026-01-01T00:00:00.000+0000",
    "lambda/functionurl.functionUrl": "https://{hex32}.lambda-url.{region}.on.aws/",
    "lambda/layerversion.layerArn": "arn:{partition}:lambda:{region}:{account}:layer:{=layerName}",
    "msk/cluster.currentVersion": "K{cap13}",
    "neptune/cluster.clusterResourceId": "cluster-{cap26}",
    "neptune/cluster.endpoint": f"{{name}}.cluster-{_GRAPH}",
    "neptune/cluster.readerEndpoint": f"{{name}}.cluster-ro-{_GRAPH}",
    "neptune/clusterinstance.address": f"{{name}}.{_GRAPH}",
    "rds/cluster.clusterResourceId": "cluster-{cap26}",
    "rds/cluster.dbClusterParameterGroupName": "default.{family}",
    "rds/cluster.endpoint": f"{{name}}.cluster-{_DATABASE}",
    "rds/cluster.readerEndpoint": f"{{name}}.cluster-ro-{_DATABASE}",
    "rds/clusterinstance.dbiResourceId": "db-{cap26}",
    "rds/clusterinstance.endpoint": f"{{name}}.{_DATABASE}",
    "rds/instance.address": f"{{name}}.{_DATABASE}",
    "rds/instance.caCertIdentifier": "rds-ca-rsa2048-g1",
    "rds/instance.licenseModel": "{license}",
    "rds/instance.optionGroupName": "default:{familyoption}",
    "rds/instance.parameterGroupName": "default.{family}",
    "rds/instance.resourceId": "{id}",
    "rds/instance.status": "available",
    "rds/instance.storageType": "{storage}",
    "rds/proxy.endpoint": f"{{name}}.proxy-{_DATABASE}",
    "redshift/cluster.dnsName": "{name}.{hex12@account}.{region}.redshift.{dns}",
    "redshift/cluster.endpoint": "{name}.{hex12@account}.{region}.redshift.{dns}:5439",
    "route53/record.fqdn": "{name}",
    "route53/zone.zoneId": "{id}",
    "s3/bucketobject.versionId": "{hex32}",
    "s3/bucketobjectv2.versionId": "{hex32}",
    "secretsmanager/secretversion.secretArn": "{secret}",
    "secretsmanager/secretversion.versionId": "{uuid}",
    "sns/topic.owner": "{account}",
    "sqs/queue.url": "{id}",
    "acm/certificate.renewalEligibility": "INELIGIBLE",
    "acm/certificate.status": "PENDING_VALIDATION",
    "acm/certificate.type": "AMAZON_ISSUED",
    "autoscaling/group.serviceLinkedRoleArn": (
        "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleF"
        "orAutoScaling"
    ),
    "batch/jobdefinition.arnPrefix": "{unrevised}",
    "docdb/cluster.dbClusterParameterGroupName": "default.{family}",
    "ec2/keypair.keyPairId": "key-{hex17}",
    "ec2/vpcpeeringconnection.acceptStatus": "pending-acceptance",
    "ec2/vpnconnection.customerGatewayConfiguration": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<vpn_connection id="{id}">'
        "<customer_gateway_id>{=customerGatewayId}</customer_gateway_id>"
        "<vpn_connection_type>ipsec.1</vpn_connection_type></vpn_connection>"
    ),
    "ec2/vpnconnection.tunnel1BgpAsn": "64512",
    "ec2/vpnconnection.tunnel2BgpAsn": "64512",
    "ec2clientvpn/endpoint.dnsName": "*.{id}.prod.clientvpn.{region}.{dns}",
    "ec2clientvpn/endpoint.selfServicePortalUrl": (
        "https://self-service.clientvpn.{dns}/endpoints/{id}"
    ),
    "eks/addon.addonVersion": "v1.0.0-eksbuild.1",
    "eks/nodegroup.amiType": "AL2023_x86_64_STANDARD",
    "eks/nodegroup.releaseVersion": "1.36.0-20260101",
    "eks/nodegroup.resources.0.autoscalingGroups.0.name": "eks-{name}-{uuid}",
    "eks/nodegroup.version": "1.36",
    "elasticbeanstalk/environment.cname": "{name}.eba-{low8}.{region}.elasticbeanstalk.com",
    "globalaccelerator/accelerator.dnsName": "a{hex16}.awsglobalaccelerator.com",
    "globalaccelerator/accelerator.dualStackDnsName": "a{hex16}.dualstack.awsglobalaccelerator.com",
    "globalaccelerator/accelerator.hostedZoneId": "Z2BJ6XQ5FK7U4H",
    "lambda/eventsourcemapping.functionArn": (
        "arn:{partition}:lambda:{region}:{account}:function:{=functionName|name}"
    ),
    "lambda/eventsourcemapping.lastProcessingResult": "No records processed",
    "lambda/eventsourcemapping.state": "Enabled",
    "lambda/eventsourcemapping.stateTransitionReason": "USER_INITIATED",
    "lambda/eventsourcemapping.uuid": "{id}",
    "memorydb/cluster.clusterEndpoints.0.address": (
        "clustercfg.{name}.{hex6@account}.memorydb.{region}.{dns}"
    ),
    "memorydb/cluster.enginePatchVersion": "7.1.1",
    "neptune/cluster.neptuneClusterParameterGroupName": "default.{family}",
    "opensearch/domain.dashboardEndpoint": "{searchhost}/_dashboards",
    "opensearch/domain.domainId": "{account}/{name}",
    "opensearch/domain.endpoint": "{searchhost}",
    "elasticsearch/domain.endpoint": "{searchhost}",
    "elasticsearch/domain.kibanaEndpoint": "{searchhost}/_plugin/kibana/",
    "elasticsearch/domain.domainId": "{account}/{name}",
    # Of Google Cloud: https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects
    "organizations/project.number": "{num12}",
    "rds/clusterinstance.caCertIdentifier": "rds-ca-rsa2048-g1",
    "rds/clusterinstance.dbParameterGroupName": "default.{family}",
    "rds/clusterinstance.dbSubnetGroupName": "default",
    "rds/clusterinstance.networkType": "IPV4",
    "redshift/cluster.clusterNamespaceArn": (
        "arn:{partition}:redshift:{region}:{account}:namespace:{uuid}"
    ),
    "redshift/cluster.clusterParameterGroupName": "default.redshift-1.0",
    "redshift/cluster.clusterRevisionNumber": "{num6}",
    "redshift/cluster.clusterSubnetGroupName": "default",
    "transfer/server.endpoint": "{id}.server.transfer.{region}.{dns}",
    "apprunner/service.serviceId": "{hex32}",
    # What the provider makes of the time and a counter where the program gives none.
    "cloudwatch/eventtarget.targetId": "terraform-{num18@time}{hex8}",
    "cloudwatch/eventbuses.arn": "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    "cloudwatch/metricstream.state": "running",
    "codestarconnections/host.status": "AVAILABLE",
    "cognito/userpool.smsAuthenticationMessage": "Your code is {####}.",
    "cognito/userpool.smsVerificationMessage": "Your code is {####}.",
    "connect/phonenumber.phoneNumber": "+1425550{num4}",
    "directconnect/connection.bandwidth": "1Gbps",
    "directconnect/gateway.amazonSideAsn": "64512",
    "dms/certificate.certificateArn": "arn:{partition}:dms:{region}:{account}:cert:{cap26}",
    "ecr/pullthroughcacherule.credentialArn": (
        "arn:{partition}:secretsmanager:{region}:{account}:secret:ecr-pullthroughcache/{n"
        "ame}-{cap6}"
    ),
    "ecs/cluster.settings.value": "disabled",
    "emr/cluster.masterPublicDns": "{publichost}",
    "evidently/feature.status": "AVAILABLE",
    "evidently/feature.valueType": "STRING",
    "evidently/launch.status": "CREATED",
    "evidently/project.status": "AVAILABLE",
    "fsx/openzfsfilesystem.rootVolumeId": "fsvol-{hex17}",
    "fsx/openzfssnapshot.volumeId": "fsvol-{hex17}",
    "gamelift/gameservergroup.autoScalingGroupArn": (
        "arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScali"
        "ngGroupName/{name}"
    ),
    "lightsail/bucketaccesskey.status": "Active",
    "msk/clusterpolicy.currentVersion": "K{cap13}",
    "msk/vpcconnection.targetClusterArn": (
        "arn:{partition}:kafka:{region}:{account}:cluster/{name}/{uuid}"
    ),
    "observabilityadmin/centralizationrulefororganization.ruleArn": (
        "arn:{partition}:observabilityadmin:{region}:{account}:organization-centralizatio"
        "n-rule/{name}"
    ),
    "observabilityadmin/telemetryrulefororganization.ruleArn": (
        "arn:{partition}:observabilityadmin:{region}:{account}:organization-telemetry-rule/{name}"
    ),
    "observabilityadmin/telemetryevaluation.status": "RUNNING",
    "observabilityadmin/telemetryevaluationfororganization.status": "RUNNING",
    "organizations/account.state": "ACTIVE",
    "organizations/organization.accounts.0.id": "{num12@member}",
    "organizations/organization.nonMasterAccounts.0.id": "{num12@member}",
    "organizations/organization.roots.0.id": "r-{low4@root}",
    "organizations/organizationalunits.children.0.id": "ou-{low4@root}-{low8}",
    "organizations/policy.content": POLICY,
    "ram/resourceshareaccepter.invitationArn": (
        "arn:{partition}:ram:{region}:{account}:resource-share-invitation/{uuid}"
    ),
    "route53/resolverfirewallrulegroup.shareStatus": "NOT_SHARED",
    "s3tables/namespace.createdBy": "{account}",
    "s3tables/table.createdBy": "{account}",
    "s3tables/table.modifiedBy": "{account}",
    "servicecatalog/provisionedproduct.status": "AVAILABLE",
    "servicecatalog/provisionedproduct.type": "CFN_STACK",
    "sfn/statemachine.stateMachineVersionArn": "{arn}:1",
    "shield/protection.protectionId": "{uuid}",
    "ssmincidents/replicationset.createdBy": "arn:{partition}:iam::{account}:role/{name}",
    "ssmincidents/replicationset.lastModifiedBy": "arn:{partition}:iam::{account}:role/{name}",
    "synthetics/canary.engineArn": (
        "arn:{partition}:lambda:{region}:{account}:function:cwsyn-{name}-{uuid}:1"
    ),
    "synthetics/canary.sourceLocationArn": (
        "arn:{partition}:lambda:{region}:{account}:layer:cwsyn-{name}-{uuid}:1"
    ),
}
BY_TYPE |= (
    {
        f"{module}/{type_}.{property_}": form
        for module in ("lb", "alb")
        for type_, property_, form in (
            ("loadbalancer", "arnSuffix", "{suffix}"),
            ("loadbalancer", "dnsName", "{balancerhost}"),
            ("loadbalancer", "zoneId", "{balancerzone}"),
            ("targetgroup", "arnSuffix", "{suffix}"),
        )
    }
    | {
        f"s3/{type_}.{property_}": form
        for type_ in ("bucket", "bucketv2")
        for property_, form in (
            ("hostedZoneId", "{websitezone}"),
            ("websiteDomain", "{website}.{dns}"),
            ("websiteEndpoint", "{name}.{website}.{dns}"),
        )
    }
    | {
        f"s3/{type_}.{property_}": form
        for type_ in ("bucketwebsiteconfiguration", "bucketwebsiteconfigurationv2")
        for property_, form in (
            ("websiteDomain", "{website}.{dns}"),
            ("websiteEndpoint", "{=bucket}.{website}.{dns}"),
        )
    }
)
# MD5 with colons, of 48 characters.
_FINGERPRINT = ":".join(f"{{hex2@{place}}}" for place in "abcdefghijklmnop")
BY_TYPE |= {
    "iam/sshkey.fingerprint": _FINGERPRINT,
    "iam/usersshkey.fingerprint": _FINGERPRINT,
}
# The functions that a user pool calls.
BY_TYPE |= {
    f"cognito/userpool.{trigger}": (
        "arn:{partition}:lambda:{region}:{account}:function:{name}-{hex8}"
    )
    for trigger in (
        "createAuthChallenge",
        "customMessage",
        "defineAuthChallenge",
        "postAuthentication",
        "postConfirmation",
        "preAuthentication",
        "preSignUp",
        "preTokenGeneration",
        "userMigration",
        "verifyAuthChallengeResponse",
    )
}
# The properties that have a form, and the records and lists around them. AWS always fills these,
# though the SDK says of each property inside a record that the record may lack it.
FORMED = frozenset(
    around for key in BY_TYPE for around in accumulate(key.split("."), "{}.{}".format)
)

BY_NAME: dict[str, str] = {
    "applicationProviderArn": "arn:{partition}:sso::aws:applicationProvider/custom",
    "capacityReservationResourceGroupArn": (
        "arn:{partition}:resource-groups:{region}:{account}:group/{name}-{hex8}"
    ),
    "clientSubnets": "subnet-{hex17}",
    "hostResourceGroupArn": (
        "arn:{partition}:resource-groups:{region}:{account}:group/{name}-{hex8}"
    ),
    "ipamArn": "arn:{partition}:ec2::{account}:ipam/ipam-{hex17}",
    "lagId": "dxlag-{low8}",
    "licenseArn": "arn:{partition}:license-manager::{account}:license:l-{hex32}",
    "phoneNumber": "+1425550{num4}",
    "s3AccessPointArn": "arn:{partition}:s3:{region}:{account}:accesspoint/{name}-{hex8}",
    "startOn": TIME,
    "arnWithoutRevision": "{unrevised}",
    # Docker's form, `AWS:<password>` in base64.
    "authorizationToken": "QVdTOnByZWZsaWdodA==",
    "bucketDomainName": "{name}.s3.{dns}",
    "bucketRegionalDomainName": "{name}.s3.{region}.{dns}",
    "caCertificateValidTill": "2061-01-01T00:00:00Z",
    # Each account has one catalog.
    "catalogId": "{account}",
    "cidrBlock": "10.0.0.0/16",
    "dnsSuffix": "{dns}",
    "hex": "{hex16}",
    "hostedZone": "Z{cap13}",
    "hostedZoneId": "Z{cap13}",
    # Most services answer with the key's ARN, whatever they were given.
    "kmsKeyId": "arn:{partition}:kms:{region}:{account}:key/{uuid}",
    "invokeArn": f"{_LAMBDA}{{arn}}/invocations",
    "invokeUrl": "https://{hex10}.execute-api.{region}.{dns}",
    "ipv6CidrBlock": "2001:db8:1234:1a00::/56",
    "accessPolicies": POLICY,
    "assumeRolePolicy": POLICY,
    "json": POLICY,
    "lastModified": TIME,
    "lockToken": "{uuid}",
    "minifiedJson": POLICY,
    "notAfter": TIME,
    "notBefore": TIME,
    "partition": "{partition}",
    "lifecyclePolicy": POLICY,
    "policy": POLICY,
    "policyDocument": POLICY,
    "preferredBackupWindow": "03:00-03:30",
    "preferredMaintenanceWindow": "sun:05:00-sun:05:30",
    "backupWindow": "03:00-03:30",
    "maintenanceWindow": "sun:05:00-sun:05:30",
    "snapshotWindow": "03:00-04:00",
    "privateDns": "{privatehost}",
    "privateDnsName": "{privatehost}",
    "publicDns": "{publichost}",
    "qualifiedArn": "{arn}:1",
    "region": "{region}",
    "repositoryPolicy": POLICY,
    "repositoryUrl": "{account}.dkr.ecr.{region}.{dns}/{name}",
    "securityGroups": "sg-{hex17}",
    "subnets": "subnet-{hex17}",
    "uniqueId": "AROA{cap17}",
    "upgradeRolloutOrder": "second",
    "validFrom": TIME,
    "validUntil": TIME,
    "zoneId": "Z{cap13}",
}

# By the last word of the name, or the last two.
BY_ENDING: dict[str, str] = {
    "account": "{account}",
    "at": TIME,
    "cidr": "10.0.0.0/16",
    "cidrs": "10.0.0.0/16",
    "cidrblock": "10.0.0.0/16",
    "cidrblocks": "10.0.0.0/16",
    "created": TIME,
    "createdon": TIME,
    "date": TIME,
    # Of images; source: https://github.com/opencontainers/image-spec, descriptor.md.
    "digest": "sha256:{hex64}",
    "email": "{hex10}@example.com",
    "emailaddress": "{hex10}@example.com",
    "etag": "{hex32}",
    "expiration": TIME,
    "expires": TIME,
    "fingerprint": "{hex40}",
    "hash": "{hex64}",
    "ipv6address": "2001:db8:1234:1a00::{hex4}",
    "ipv6addresses": "2001:db8:1234:1a00::{hex4}",
    "ipv6cidr": "2001:db8:1234:1a00::/56",
    "ipv6cidrs": "2001:db8:1234:1a00::/56",
    "macaddress": "02:{hex2}:{hex2@1}:{hex2@2}:{hex2@3}:{hex2@4}",
    "md5": "{hex32}",
    "modified": TIME,
    "modifiedon": TIME,
    "owner": "{account}",
    "region": "{region}",
    "regions": "{region}",
    "role": "arn:{partition}:iam::{account}:role/{name}-{hex12}",
    "sha256": "{hex64}",
    "state": "available",
    "status": "ACTIVE",
    "time": TIME,
    "timestamp": TIME,
    "uri": "https://{host}/{hex8}",
    "uris": "https://{host}/{hex8}",
    "urls": "https://{host}/{hex8}",
    "validtill": TIME,
    "version": "1",
}
