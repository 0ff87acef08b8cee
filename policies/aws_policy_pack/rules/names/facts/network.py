"""Names of load balancers and security groups, and of what EC2 starts."""

import re
from typing import Final

from aws_policy_pack.rules.names.facts.model import VPC, Limits, NameFact, Scope, ScopeName

LISTENER: Final = Scope(
    name=ScopeName.LISTENER,
    words="the listener",
    paths=("listenerArn",),
    types=("aws:lb/listener:Listener", "aws:alb/listener:Listener"),
)
ELB_FORM: Final = "letters, digits and hyphens, with no hyphen at either end"
ELB: Final = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"
EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"

FACTS: Final = (
    NameFact(
        what="load balancer",
        types=("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"),
        prefix_path="namePrefix",
        limits=Limits(
            longest=32,
            pattern=re.compile(r"(?!-|internal-)[A-Za-z0-9-]+(?<!-)"),
            form=f"{ELB_FORM}, and without `internal-` in front",
        ),
        source=f"{ELB}/API_CreateLoadBalancer.html",
    ),
    NameFact(
        what="classic load balancer",
        types=("aws:elb/loadBalancer:LoadBalancer",),
        prefix_path="namePrefix",
        limits=Limits(longest=32, pattern=re.compile(r"(?!-)[A-Za-z0-9-]+(?<!-)"), form=ELB_FORM),
        source="https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_CreateLoadBalancer.html",
    ),
    NameFact(
        what="target group",
        types=("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"),
        prefix_path="namePrefix",
        limits=Limits(longest=32, pattern=re.compile(r"(?!-)[A-Za-z0-9-]+(?<!-)"), form=ELB_FORM),
        source=f"{ELB}/API_CreateTargetGroup.html",
    ),
    NameFact(
        what="listener rule",
        types=("aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule"),
        path="priority",
        scope=LISTENER,
        limits=None,
        source=f"{ELB}/API_CreateRule.html",
    ),
    NameFact(
        what="security group",
        types=("aws:ec2/securityGroup:SecurityGroup",),
        prefix_path="namePrefix",
        scope=VPC,
        folds_case=True,
        limits=Limits(
            longest=255,
            pattern=re.compile(r"(?!sg-)[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+"),
            form="letters, digits, spaces and the characters ._-:/()#,@[]+=&;{}!$*, without `sg-` "
            "in front",
        ),
        source=f"{EC2}/API_CreateSecurityGroup.html",
    ),
    NameFact(
        what="key pair",
        types=("aws:ec2/keyPair:KeyPair",),
        path="keyName",
        prefix_path="keyNamePrefix",
        limits=Limits(longest=255, pattern=re.compile(r"[ -~]+"), form="ASCII characters"),
        source=f"{EC2}/API_CreateKeyPair.html",
    ),
    NameFact(
        what="launch template",
        types=("aws:ec2/launchTemplate:LaunchTemplate",),
        prefix_path="namePrefix",
        limits=Limits(
            longest=128,
            shortest=3,
            pattern=re.compile(r"[A-Za-z0-9().\-/_]+"),
            form="letters, digits and the characters ().-/_",
        ),
        source=f"{EC2}/API_CreateLaunchTemplate.html",
    ),
    NameFact(
        what="Auto Scaling group",
        types=("aws:autoscaling/group:Group",),
        prefix_path="namePrefix",
        limits=Limits(
            longest=255,
            pattern=re.compile(r"[!-9;-~]+"),
            form="printable ASCII without spaces and colons",
        ),
        source="https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html",
    ),
)
