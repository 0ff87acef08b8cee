"""Dagster on TaskIQ workers over SQS, on ECS Fargate: settings, then modules, then outputs."""

import pulumi

from caps import read_caps
from components.conventions import Naming, create_provider, provider_options, tag_every_resource
from config_loader import load_settings, read_configuration
from modules.dagster import Dagster
from modules.dagster_image import create_dagster_image
from modules.foundation import Foundation
from modules.taskiq import AutoScaler, Taskiq, TaskiqDemo
from outputs import demo_outputs, stack_outputs

project, stack = pulumi.get_project(), pulumi.get_stack()
caps = read_caps(stack)
settings = load_settings(stack, read_configuration(project), caps)
naming = Naming(project=project, environment=stack)

tag_every_resource({"Project": project, "Environment": stack, "ManagedBy": "pulumi"})
opts = provider_options(
    create_provider("aws", region=settings.aws.region, endpoint=settings.aws.endpoint)
)
foundation = Foundation("foundation", settings=settings, naming=naming, opts=opts)
image = create_dagster_image(foundation, settings)
taskiq = Taskiq(
    "taskiq", settings=settings, naming=naming, foundation=foundation, image=image, opts=opts
)
dagster = Dagster(
    "dagster",
    settings=settings,
    naming=naming,
    foundation=foundation,
    taskiq=taskiq,
    image=image,
    opts=opts,
)
auto_scaler = AutoScaler(
    "auto-scaler",
    settings=settings,
    max_workers=caps.max_workers(),
    foundation=foundation,
    taskiq=taskiq,
    opts=opts,
)
outputs = stack_outputs(foundation, image, taskiq, dagster, auto_scaler)
if settings.taskiq_demo.enabled:
    demo = TaskiqDemo(
        "taskiq-demo", settings=settings, naming=naming, foundation=foundation, opts=opts
    )
    outputs = demo_outputs(outputs, demo)

for name, value in outputs.items():
    pulumi.export(name, value)
