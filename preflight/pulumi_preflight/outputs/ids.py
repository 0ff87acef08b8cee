"""Ids and ARNs of resources, in the form that AWS gives them by type."""

import re
from collections.abc import Callable
from dataclasses import replace

from pulumi_preflight.outputs.endpoints import (
    engine_license,
    option_family,
    parameter_family,
    storage_type,
)
from pulumi_preflight.outputs.facts import arn_service, facts_of, form_of_arn, one_of
from pulumi_preflight.outputs.hosts import (
    balancer_host,
    balancer_zone,
    function_version,
    host,
    own_zone_id,
    private_host,
    public_host,
    search_host,
    subnet_text,
    website,
    website_zone,
    zone,
)
from pulumi_preflight.outputs.id_forms import ARN_FORMATS, ARN_STEMS, ID_FORMS
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.outputs.templates import (
    Words,
    filled,
    input_text,
    last_part,
    uuid_of,
)
from pulumi_preflight.stack_context import member_of

# The ids that a function such as `getVpcs` tells.
_IDS = re.compile(r"ids\.\d+")

Maker = Callable[[Subject, str], str]
"""Makes a value for a property's path."""


def resource_id(subject: Subject) -> str:
    """The provider's id of a resource."""
    if subject.id:
        return subject.id
    if subject.package != "aws":
        return uuid_of(subject, "id")
    if form := form_of_id(subject):
        return in_form(form, subject, "id")
    prefix = _prefix_of(subject.kind)
    digits = subject.digits("id", 17)
    # Where no form is known, the id may be anything, as `Marks` reads of a name with eight digits.
    return f"{prefix}-{digits}" if prefix else f"{subject.name}-{digits[:8]}"


def form_of_id(subject: Subject) -> str:
    """The form of a type's id; empty where no table tells it."""
    return ID_FORMS.get(subject.kind) or facts_of(subject.token).id


def in_form(template: str, subject: Subject, path: str) -> str:
    """A value of a form, `templates` tells which places it may have."""
    return filled(template, subject, path, _WORDS)


def arn_for(subject: Subject, path: str, stem: tuple[str, ...]) -> str:
    """The ARN of a property; its stem is `role` in `roleArn`, empty for the resource's own ARN."""
    if not names_itself(subject.kind, stem):
        return _other_arn(subject, path, stem)
    if subject.id.startswith("arn:") and "," not in subject.id:
        return subject.id
    kind = subject.kind
    form = _OWN_ARNS.get(kind)
    if form is None and kind not in ARN_FORMATS:
        form = facts_of(subject.token).arn
    id_form = form_of_id(subject)
    if form and id_form and not id_form.startswith("{") and form.endswith(id_form):
        # One id has the same digits in both.
        form = form.removesuffix(id_form) + "{id}"
    if form:
        return in_form(form, subject, "arn")
    return _formatted(subject, "arn", kind, _part_of_arn(subject))


def has_hand_made_arn(kind: str) -> bool:
    """Whether the form of a type's own ARN stands in a table of this package's source."""
    return kind in _OWN_ARNS or kind in ARN_FORMATS


def names_itself(kind: str, stem: tuple[str, ...]) -> bool:
    """Whether an ARN's name is that of the type: `indexArn` of a `placeIndex`, or `arn`."""
    module, _, type_ = kind.partition("/")
    name = "".join(stem)
    is_whole = name in (type_, f"{module}{type_}")
    return is_whole or (type_.endswith(name) and name not in ARN_STEMS)


def _part_of_arn(subject: Subject) -> str:
    """What names the resource in its ARN: its id, where AWS makes that, or its name."""
    kind = subject.kind
    form = form_of_id(subject)
    is_opaque = bool(form) and not any(place in form for place in ("{arn}", "{=", "{name}"))
    if kind not in _ARN_HOLDS_NAME and (is_opaque or _prefix_of(kind) is not None):
        return last_part(resource_id(subject))
    return subject.name


def _other_arn(subject: Subject, path: str, stem: tuple[str, ...]) -> str:
    module, name = subject.kind.partition("/")[0], "".join(stem)
    fitting = [known for known in ARN_STEMS if name.endswith(known)]
    made = subject.made_up(path, f"{subject.name}-{name}")
    other = replace(subject, name=made, inputs={}, id="")
    form = form_of_arn(module, stem)
    if form and not fitting:
        return in_form(form.replace("{own}", "{name}"), other, path)
    kind = ARN_STEMS[max(fitting, key=len)] if fitting else f"{module}/{name}"
    return _formatted(other, path, kind, made)


def _formatted(subject: Subject, path: str, kind: str, name: str) -> str:
    module, _, type_ = kind.partition("/")
    if module in _EC2_MODULES:
        module, type_ = "ec2", _EC2_WORDS.get(type_, type_)
    service, form = ARN_FORMATS.get(kind) or (
        arn_service(module),
        f"{_dashed(subject, type_)}/{{name}}",
    )
    # What a form does not hold is not drawn, since drawing tells that a value is made up.
    own: dict[str, Callable[[], str]] = {
        "short": lambda: subject.digits(f"{path}/short", 16),
        "six": lambda: subject.capitals(f"{path}/six", 6),
        "uuid": lambda: uuid_of(subject, f"{path}/uuid"),
    }
    values = {word: make() for word, make in own.items() if f"{{{word}}}" in form}
    resource = form.format(name=name, revision=subject.generation + 1, **values)
    return subject.place.arn(service, resource)


def _dashed(subject: Subject, type_: str) -> str:
    """How most services write a type in ARNs: `dedicated-host`."""
    name = member_of(subject.token).removeprefix("get")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower() if name.lower() == type_ else type_


def _prefix_of(kind: str) -> str | None:
    module, _, type_ = kind.partition("/")
    return _PREFIXES.get(type_) if module in (*_EC2_MODULES, "efs") else None


def id_for(stem: str, subject: Subject, path: str) -> str:
    """The id of another resource, by its property's stem, which is `vpc` in `vpcId`."""
    if not stem and _tells_several(subject, path):
        stem = one_of(subject.kind.partition("/")[2])
    if stem.endswith("availabilityzone"):
        return own_zone_id(subject, path)
    if stem == "vpc" and (known := subnet_text(subject, path, "vpcId")):
        return subject.made_up(path, known)
    if stem.startswith("hostedzone") or stem.endswith("zone"):
        return f"Z{subject.capitals(path, 13)}"
    if stem.endswith(("owner", "account")) or stem in ("registry", "caller"):
        return subject.place.account
    if stem.endswith("key"):
        return uuid_of(subject, path)
    own = "" if stem or "." in path else _own_id(subject)
    fitting = [known for known in _PREFIXES if stem.endswith(known)]
    start = _PREFIXES[max(fitting, key=len)] if fitting else ""
    made = f"{start}-{subject.digits(path, 17)}" if start else ""
    return own or made or f"{subject.name}-{subject.digits(path, 8)}"


def _tells_several(subject: Subject, path: str) -> bool:
    return subject.is_answer and _IDS.fullmatch(path) is not None


def shown_id(subject: Subject, path: str) -> str:
    """The resource's own id where a property shows it, as `associationId` of an `Association` does.

    `getWorkspaces` shows the ids of several. Empty for any other property, and where AWS makes no
    id of a known form.
    """
    if _tells_several(subject, path):
        form = ID_FORMS.get(one_of(subject.kind)) or facts_of(subject.token).id
        is_whole = "{=" not in form and form not in ("", "{arn}", "{name}")
        return in_form(form, subject, path) if is_whole else ""
    if path.lower() != f"{subject.kind.partition('/')[2]}id":
        return ""
    form = form_of_id(subject)
    return "" if form in ("", "{arn}", "{name}") else last_part(resource_id(subject))


def _own_id(subject: Subject) -> str:
    """The id that a data source shows of what it found; empty where the kind has no form."""
    form = form_of_id(subject)
    known = form and "{=" not in form and form != "{name}"
    return resource_id(subject) if known or _prefix_of(subject.kind) else ""


def own_arn(subject: Subject) -> str:
    """The resource's own ARN."""
    return arn_for(subject, "arn", ())


def _balancer(subject: Subject) -> str:
    """What names a load balancer in the ARNs of its listeners, from the balancer's ARN."""
    _, _, part = input_text(subject, "loadBalancerArn").partition(":loadbalancer/")
    return part or f"app/{subject.name}/{subject.digits('balancer', 16)}"


def _listener(subject: Subject) -> str:
    _, _, part = input_text(subject, "listenerArn").partition(":listener/")
    return part or f"app/{subject.name}/{subject.digits('listener', 32)}"


def _issuer(subject: Subject) -> str:
    """What names an OIDC provider: its URL without the scheme."""
    return input_text(subject, "url").removeprefix("https://") or subject.name


def _balancer_kind(subject: Subject) -> str:
    return {"network": "net", "gateway": "gwy"}.get(input_text(subject, "loadBalancerType"), "app")


def _ecs_cluster(subject: Subject) -> str:
    return last_part(input_text(subject, "cluster")) or "default"


def _event_bus(subject: Subject) -> str:
    bus = last_part(input_text(subject, "eventBusName"))
    return f"{bus}/" if bus and bus != "default" else ""


def _scope(subject: Subject) -> str:
    return "global" if input_text(subject, "scope") == "CLOUDFRONT" else "regional"


def _secret(subject: Subject) -> str:
    secret = input_text(subject, "secretId")
    name = f"secret:{secret or subject.name}-{subject.capitals('secret', 6)}"
    return secret if secret.startswith("arn:") else subject.place.arn("secretsmanager", name)


def _organization_root(subject: Subject) -> str:
    """What the ids of an organization's units have in common: the digits of its root."""
    parent = input_text(subject, "parentId").split("-")
    return parent[1] if len(parent) > 1 else subject.digits("root", 4)


def _arn_suffix(subject: Subject) -> str:
    """What CloudWatch calls a load balancer or target group by: the end of the ARN."""
    return own_arn(subject).split(":", 5)[-1].removeprefix("loadbalancer/")


_WORDS: Words = {
    "account": lambda subject: subject.place.account,
    "arn": own_arn,
    "balancer": _balancer,
    "balancerhost": balancer_host,
    "balancerkind": _balancer_kind,
    "balancerzone": balancer_zone,
    "bus": _event_bus,
    "cluster": _ecs_cluster,
    "dns": lambda subject: subject.place.dns_suffix,
    "family": parameter_family,
    "familyoption": option_family,
    "folder": lambda subject: input_text(subject, "path") or "/",
    "host": host,
    "id": resource_id,
    "issuer": _issuer,
    "license": engine_license,
    "listener": _listener,
    "name": lambda subject: subject.name,
    "own": _part_of_arn,
    "partition": lambda subject: subject.place.partition,
    "privatehost": private_host,
    "publichost": public_host,
    "region": lambda subject: subject.place.region,
    "root": _organization_root,
    "revision": lambda subject: str(subject.generation + 1),
    "scope": _scope,
    "searchhost": search_host,
    "secret": _secret,
    "storage": storage_type,
    "suffix": _arn_suffix,
    "unrevised": lambda subject: own_arn(subject).rpartition(":")[0],
    "version": function_version,
    "website": website,
    "websitezone": website_zone,
    "zone": lambda subject: zone(subject, "availabilityZone"),
}

_ELB = "arn:{partition}:elasticloadbalancing:{region}:{account}:"
_SCALING = "arn:{partition}:autoscaling:{region}:{account}:"
_IAM = "arn:{partition}:iam::{account}:"
_REST = "arn:{partition}:apigateway:{region}::/"
# Own ARNs that hold more of the inputs than the name. Source: as that of `id_forms.ARN_FORMATS`.
_OWN_ARNS: dict[str, str] = {
    "appsync/resolver": (
        "arn:{partition}:appsync:{region}:{account}:apis/{=apiId}/types/{=type}/resolvers/{=field}"
    ),
    "cognito/identitypool": "arn:{partition}:cognito-identity:{region}:{account}:identitypool/{id}",
    "chatbot/slackchannelconfiguration": (
        "arn:{partition}:chatbot::{account}:chat-configuration/slack-channel/{name}"
    ),
    "chatbot/teamschannelconfiguration": (
        "arn:{partition}:chatbot::{account}:chat-configuration/microsoft-teams-channel/{name}"
    ),
    "datasync/locationfsxlustre": (
        "arn:{partition}:datasync:{region}:{account}:location/loc-{hex17}"
    ),
    "datasync/locationfsxwindows": (
        "arn:{partition}:datasync:{region}:{account}:location/loc-{hex17}"
    ),
    "dynamodb/tablereplica": (
        "arn:{partition}:dynamodb:{region}:{account}:table/{=globalTableArn|name}"
    ),
    "evidently/project": "arn:{partition}:evidently:{region}:{account}:project/{name}",
    "lightsail/database": "arn:{partition}:lightsail:{region}:{account}:RelationalDatabase/{uuid}",
    "lightsail/lb": "arn:{partition}:lightsail:{region}:{account}:LoadBalancer/{uuid}",
    "route53/querylog": "arn:{partition}:route53:::queryloggingconfig/{id}",
    "sagemaker/devicefleet": (
        "arn:{partition}:sagemaker:{region}:{account}:device-fleet/{=deviceFleetName}"
    ),
    "securityhub/account": "arn:{partition}:securityhub:{region}:{account}:hub/default",
    "ses/domainidentityverification": "arn:{partition}:ses:{region}:{account}:identity/{=domain}",
    "ses/eventdestination": (
        "arn:{partition}:ses:{region}:{account}:configuration-set/{=configurationSetName}"
        ":event-destination/{name}"
    ),
    "ses/receiptrule": (
        "arn:{partition}:ses:{region}:{account}:receipt-rule-set/{=ruleSetName}:receipt-rule/{name}"
    ),
    "batch/jobdefinition": (
        "arn:{partition}:batch:{region}:{account}:job-definition/{name}:{revision}"
    ),
    "lambda/eventsourcemapping": (
        "arn:{partition}:lambda:{region}:{account}:event-source-mapping:{id}"
    ),
    "alb/listener": f"{_ELB}listener/{{balancer}}/{{hex16}}",
    "alb/listenerrule": f"{_ELB}listener-rule/{{listener}}/{{hex16}}",
    "alb/loadbalancer": f"{_ELB}loadbalancer/{{balancerkind}}/{{name}}/{{hex16}}",
    "alb/targetgroup": f"{_ELB}targetgroup/{{name}}/{{hex16}}",
    "amplify/domainassociation": (
        "arn:{partition}:amplify:{region}:{account}:apps/{=appId}/domains/{=domainName}"
    ),
    "apigateway/stage": f"{_REST}restapis/{{=restApi}}/stages/{{=stageName}}",
    "apigatewayv2/stage": f"{_REST}apis/{{=apiId}}/stages/{{name}}",
    "autoscaling/policy": (
        f"{_SCALING}scalingPolicy:{{uuid}}:autoScalingGroupName/{{=autoscalingGroupName}}"
        ":policyName/{name}"
    ),
    "autoscaling/schedule": (
        f"{_SCALING}scheduledUpdateGroupAction:{{uuid}}"
        ":autoScalingGroupName/{=autoscalingGroupName}:scheduledActionName/{=scheduledActionName}"
    ),
    "backup/logicallyairgappedvault": (
        "arn:{partition}:backup:{region}:{account}:backup-vault:{name}"
    ),
    "cloudwatch/eventrule": "arn:{partition}:events:{region}:{account}:rule/{bus}{name}",
    "ec2/launchconfiguration": (
        f"{_SCALING}launchConfiguration:{{uuid}}:launchConfigurationName/{{name}}"
    ),
    "ecs/service": "arn:{partition}:ecs:{region}:{account}:service/{cluster}/{name}",
    "iam/group": f"{_IAM}group{{folder}}{{name}}",
    "iam/instanceprofile": f"{_IAM}instance-profile{{folder}}{{name}}",
    "iam/openidconnectprovider": f"{_IAM}oidc-provider/{{issuer}}",
    "iam/policy": f"{_IAM}policy{{folder}}{{name}}",
    "iam/role": f"{_IAM}role{{folder}}{{name}}",
    "iam/user": f"{_IAM}user{{folder}}{{name}}",
    "lambda/alias": (
        "arn:{partition}:lambda:{region}:{account}:function:{=functionName|name}:{name}"
    ),
    "lb/listener": f"{_ELB}listener/{{balancer}}/{{hex16}}",
    "lb/listenerrule": f"{_ELB}listener-rule/{{listener}}/{{hex16}}",
    "lb/loadbalancer": f"{_ELB}loadbalancer/{{balancerkind}}/{{name}}/{{hex16}}",
    "lb/targetgroup": f"{_ELB}targetgroup/{{name}}/{{hex16}}",
    "mq/broker": "arn:{partition}:mq:{region}:{account}:broker:{name}:{id}",
    "secretsmanager/secretversion": "{secret}",
    "sns/topicsubscription": "{=topic}:{uuid}",
    "wafv2/webacl": "arn:{partition}:wafv2:{region}:{account}:{scope}/webacl/{name}/{id}",
}

# AWS makes their id, and names them by their name all the same.
_ARN_HOLDS_NAME = frozenset({"rds/instance"})
_EC2_MODULES = ("ec2", "vpc", "ec2transitgateway")

# The last word, or words, of a type or of an id's name to the prefix of such ids.
_PREFIXES: dict[str, str] = {
    "accesspoint": "fsap",
    "allocation": "eipalloc",
    "ami": "ami",
    "association": "rtbassoc",
    "customergateway": "cgw",
    "defaultsecuritygroup": "sg",
    "eip": "eipalloc",
    "filesystem": "fs",
    "flowlog": "fl",
    "image": "ami",
    "instance": "i",
    "internetgateway": "igw",
    "launchtemplate": "lt",
    "natgateway": "nat",
    "networkacl": "acl",
    "networkinterface": "eni",
    "prefixlist": "pl",
    "routetable": "rtb",
    "securitygroup": "sg",
    "securitygroupegressrule": "sgr",
    "securitygroupingressrule": "sgr",
    "securitygrouprule": "sgr",
    "snapshot": "snap",
    "subnet": "subnet",
    "transitgateway": "tgw",
    "volume": "vol",
    "vpc": "vpc",
    "vpcendpoint": "vpce",
    "vpcpeeringconnection": "pcx",
    "vpngateway": "vgw",
}
_EC2_WORDS: dict[str, str] = {
    "eip": "elastic-ip",
    "elasticip": "elastic-ip",
    "flowlog": "vpc-flow-log",
    "internetgateway": "internet-gateway",
    "launchtemplate": "launch-template",
    "managedprefixlist": "prefix-list",
    "natgateway": "natgateway",
    "networkacl": "network-acl",
    "networkinterface": "network-interface",
    "routetable": "route-table",
    "securitygroup": "security-group",
    "securitygroupegressrule": "security-group-rule",
    "securitygroupingressrule": "security-group-rule",
    "vpcendpoint": "vpc-endpoint",
}
