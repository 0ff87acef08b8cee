"""How the service authorization reference tells the form of a type's own ARN."""

import pytest

from pulumi_preflight.outputs.shapes import Kind, PropertyShape
from tools.tables.arns import Form, told, with_reference
from tools.tables.sdk import ResourceClass

ARN = "arn:${Partition}:made:${Region}:${Account}:"
FORM = "arn:{partition}:made:{region}:{account}:"


def made(type_: str, *inputs: str, own: str = "arn") -> ResourceClass:
    """A class of the module `made` with text inputs and an ARN of its own."""
    properties = [*((name, True) for name in inputs), (own, False)]
    shape = tuple(
        PropertyShape(name=name, kind=Kind(name="string"), optional=False, settable=settable)
        for name, settable in properties
    )
    token = f"aws:made/{type_[0].lower()}{type_[1:]}:{type_}"
    return ResourceClass(token=token, shape=shape, required=frozenset(), texts={})


@pytest.mark.parametrize(
    ("cls", "resources", "form"),
    [
        pytest.param(
            made("Queue", "name"), {"queue": "queue/${QueueName}"}, "queue/{name}", id="own-name"
        ),
        pytest.param(made("Plan"), {"plan": "plan/${PlanId}"}, "plan/{own}", id="own-id"),
        pytest.param(
            made("Branch", "appId", "branchName"),
            {"branches": "apps/${AppId}/branches/${BranchName}"},
            "apps/{=appId}/branches/{=branchName}",
            id="inputs",
        ),
        pytest.param(
            made("Stage", "restApi"),
            {"Stage": "apis/${RestApiId}/stages/${StageName}"},
            "apis/{=restApi|name}/stages/{name}",
            id="input-that-may-be-an-arn",
        ),
        pytest.param(
            made("Cluster", "name"),
            {"cluster": "cluster/${ClusterName}/${Uuid}"},
            "cluster/{name}/{uuid}",
            id="uuid",
        ),
        pytest.param(
            made("Layer", "layerName"),
            {"layer": "layer:${LayerName}:${LayerVersion}"},
            "layer:{=layerName}:{revision}",
            id="version",
        ),
        pytest.param(
            made("Rule"), {"thing": "config-rule/${RuleId}"}, "config-rule/{own}", id="by-its-part"
        ),
        pytest.param(made("Rule"), {"rule": "rule/*"}, "rule/{own}", id="no-name"),
        pytest.param(
            made("Rule"), {"rule": "rule/${RuleId}/version/*"}, None, id="part-without-a-name"
        ),
        pytest.param(made("Rule", own="policyId"), {"rule": "rule/${Id}"}, None, id="no-arn"),
    ],
)
def test_an_arn_is_put_together_from_what_the_type_has(
    cls: ResourceClass, resources: dict[str, str], form: str | None
) -> None:
    reference = {"made": {name: f"{ARN}{arn}" for name, arn in resources.items()}}
    expected = {} if form is None else {cls.token: f"{FORM}{form}"}
    assert told({cls.token: cls}, reference) == expected


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        pytest.param("plan/{hex17}", True, id="its-structure"),
        pytest.param("plan/{name}/v1", False, id="another"),
    ],
)
def test_an_example_stays_where_the_reference_has_its_structure(shown: str, kept: bool) -> None:  # noqa: FBT001
    cls = made("Plan")
    reference = {"made": {"plan": f"{ARN}plan/${{PlanId}}"}}
    form = Form(id="{arn}", arn=f"{FORM}{shown}")
    found = with_reference({cls.token: form}, {cls.token: cls}, reference)[cls.token]
    assert found == Form(id="{arn}", arn=form.arn if kept else f"{FORM}plan/{{own}}")
