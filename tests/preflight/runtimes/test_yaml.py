"""Programs in YAML, on preflight's own build of Pulumi's language host."""

import json
import sys
from pathlib import Path
from typing import Protocol

import pytest

from pulumi_preflight import ProgramError, ProjectError, Secret, Unknown, Verdict, run
from pulumi_preflight.cli import main
from tests.preflight.builders import write_pack

QUEUE = "aws:sqs/queue:Queue"
HEAD = "name: shop\nruntime: yaml\n"
SETTINGS = {"aws:region": "eu-west-1"}


class Judge(Protocol):
    """Writes a program and judges it."""

    def __call__(
        self,
        program: str,
        *,
        files: dict[str, str] | None = None,
        head: str = HEAD,
        config: dict[str, str] | None = None,
        keep_unknowns: bool = False,
    ) -> Verdict:
        """Takes the program, which is part of Pulumi.yaml, and more files."""


@pytest.fixture
def judge(tmp_path: Path, yaml_host: Path) -> Judge:
    assert yaml_host.is_file()

    def judged(
        program: str,
        *,
        files: dict[str, str] | None = None,
        head: str = HEAD,
        config: dict[str, str] | None = None,
        keep_unknowns: bool = False,
    ) -> Verdict:
        for name, text in {"Pulumi.yaml": head + program, **(files or {})}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
            (tmp_path / name).write_text(text)
        return run(
            tmp_path,
            stack="dev",
            config={**SETTINGS, **(config or {})},
            keep_unknowns=keep_unknowns,
        )

    return judged


def place_of(verdict: Verdict, type_: str, name: str) -> tuple[str, int]:
    position = verdict.resource(type_, name).position
    assert position is not None
    return position.file, position.line


def notes_of(verdict: Verdict) -> list[str]:
    return [note.text for note in verdict.notes]


REDRIVEN = """\
resources:
  dead:
    type: aws:sqs:Queue
    properties: {name: dead.fifo, fifoQueue: true}
  orders:
    type: aws:sqs:Queue
    properties:
      fifoQueue: true
      redrivePolicy:
        fn::toJSON: {deadLetterTargetArn: "${dead.arn}", maxReceiveCount: 1}
"""


def test_resources_have_the_lines_that_declare_them(judge: Judge) -> None:
    verdict = judge(REDRIVEN)
    assert place_of(verdict, QUEUE, "dead") == ("Pulumi.yaml", 4)
    assert place_of(verdict, QUEUE, "orders") == ("Pulumi.yaml", 7)


def test_a_resource_with_a_logical_name_of_its_own_has_its_line(judge: Judge) -> None:
    program = "resources:\n  first:\n    type: aws:sqs:Queue\n    name: orders\n"
    assert place_of(judge(program), QUEUE, "orders") == ("Pulumi.yaml", 4)


def test_two_types_with_one_logical_name_have_a_line_each(judge: Judge) -> None:
    program = (
        "resources:\n  q: {type: 'aws:sqs:Queue', name: orders}\n"
        "  t: {type: 'aws:sns:Topic', name: orders}\n"
    )
    verdict = judge(program)
    assert place_of(verdict, QUEUE, "orders") == ("Pulumi.yaml", 4)
    assert place_of(verdict, "aws:sns/topic:Topic", "orders") == ("Pulumi.yaml", 5)


def test_outputs_that_a_deployment_tells_are_filled_in(judge: Judge) -> None:
    policy = judge(REDRIVEN).resource(QUEUE, "orders").inputs["redrivePolicy"]
    assert json.loads(policy) == {
        "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead.fifo",
        "maxReceiveCount": 1,
    }


def test_outputs_stay_unknown_where_that_is_asked_for(judge: Judge) -> None:
    verdict = judge(REDRIVEN, keep_unknowns=True)
    assert verdict.resource(QUEUE, "orders").inputs["redrivePolicy"] is Unknown.UNKNOWN


def test_types_are_written_in_their_short_form_or_in_full(judge: Judge) -> None:
    program = (
        "resources:\n  a: {type: 'aws:sqs/queue:Queue'}\n  b: {type: 'aws:sqs:Queue'}\n"
        "  c: {type: 'random:RandomPet'}\n"
    )
    verdict = judge(program)
    assert {each.name for each in verdict.of_type(QUEUE)} == {"a", "b"}
    assert verdict.resource("random:index/randomPet:RandomPet", "c").inputs == {}


def test_the_configuration_reaches_the_program_with_defaults_and_secrets(judge: Judge) -> None:
    program = """\
config:
  size: {type: integer, default: 3}
  name: {type: string}
configuration:
  token: {type: String, secret: true, default: hush}
resources:
  orders:
    type: aws:sqs:Queue
    properties:
      name: ${name}
      delaySeconds: ${size}
      tags: {token: "${token}"}
"""
    inputs = judge(program, config={"shop:name": "orders"}).resource(QUEUE, "orders").inputs
    assert (inputs["name"], inputs["delaySeconds"]) == ("orders", 3)
    assert inputs["tags"]["token"] == Secret("hush")


def test_outputs_of_the_stack_are_those_of_the_program(judge: Judge) -> None:
    program = """\
variables:
  parts: {fn::split: [",", "a,b"]}
outputs:
  second: ${parts[1]}
  where: ${pulumi.project}-${pulumi.stack}
  hidden: {fn::secret: hush}
"""
    assert judge(program).outputs == {"second": "b", "where": "shop-dev", "hidden": "[secret]"}


def test_options_of_resources_are_followed(judge: Judge) -> None:
    program = """\
resources:
  elsewhere:
    type: pulumi:providers:aws
    properties: {region: us-west-2}
  first:
    type: aws:sqs:Queue
    options:
      provider: ${elsewhere}
      protect: true
      retainOnDelete: true
      deleteBeforeReplace: true
      ignoreChanges: [tags]
      additionalSecretOutputs: [url]
      customTimeouts: {create: 5m}
  second:
    type: aws:sqs:Queue
    options:
      parent: ${first}
      dependsOn: ["${elsewhere}"]
      deletedWith: ${first}
"""
    verdict = judge(program)
    first, second = verdict.resource(QUEUE, "first"), verdict.resource(QUEUE, "second")
    options = first.registered.options
    assert "us-west-2" in first.outputs["arn"]
    assert (options.protect, options.deleteBeforeReplace) == (True, True)
    assert (list(options.ignoreChanges), list(options.additionalSecretOutputs)) == (
        ["tags"],
        ["url"],
    )
    assert (options.customTimeouts.create, first.registered.retain_on_delete) == (300, True)
    assert (second.parent, second.registered.deleted_with) == (first.urn, first.urn)
    assert any(urn.endswith("::elsewhere") for urn in second.registered.dependencies)


def test_a_default_provider_provides_what_names_none(judge: Judge) -> None:
    program = """\
resources:
  there:
    type: pulumi:providers:aws
    defaultProvider: true
    properties: {region: us-west-2}
  orders: {type: "aws:sqs:Queue"}
"""
    assert "us-west-2" in judge(program).resource(QUEUE, "orders").outputs["arn"]


def test_a_resource_that_exists_already_is_read(judge: Judge) -> None:
    program = """\
resources:
  old:
    type: aws:sqs:Queue
    get: {id: "https://sqs.eu-west-1.amazonaws.com/123456789012/old"}
outputs:
  arn: ${old.arn}
"""
    verdict = judge(program)
    assert verdict.resource(QUEUE, "old").registered.external
    assert place_of(verdict, QUEUE, "old") == ("Pulumi.yaml", 4)
    assert verdict.outputs == {"arn": "arn:aws:sqs:eu-west-1:123456789012:old"}


def test_outputs_of_other_stacks_are_what_the_user_knows(judge: Judge) -> None:
    program = """\
resources:
  network:
    type: pulumi:pulumi:StackReference
    properties: {name: organization/network/dev}
outputs:
  one: ${network.outputs.vpcId}
  two: ${network.outputs["vpcId"]}
"""
    known = "stackReferences: {organization/network/dev: {vpcId: vpc-1}}\n"
    verdict = judge(program, files={"preflight.yaml": known})
    assert verdict.outputs == {"one": "vpc-1", "two": "vpc-1"}


def test_outputs_of_other_stacks_that_nobody_knows_are_unknown(judge: Judge) -> None:
    program = """\
resources:
  network:
    type: pulumi:pulumi:StackReference
    properties: {name: organization/network/dev}
outputs: {zone: "${network.outputs.zone}"}
"""
    verdict = judge(program)
    assert verdict.outputs == {"zone": Unknown.UNKNOWN}
    places = [each.position for each in verdict.notes if "stackReferences" in each.text]
    assert [each.line for each in places if each] == [4]


def test_the_older_function_for_other_stacks_needs_what_the_user_knows(judge: Judge) -> None:
    program = "outputs: {vpc: {fn::stackReference: [organization/network/dev, vpcId]}}\n"
    with pytest.raises(ProgramError, match="fn::stackReference, which takes known ones") as raised:
        judge(program)
    assert raised.value.hint is not None
    assert "stackReferences in preflight.yaml" in raised.value.hint
    known = "stackReferences: {organization/network/dev: {vpcId: vpc-1}}\n"
    assert judge(program, files={"preflight.yaml": known}).outputs == {"vpc": "vpc-1"}


def test_a_package_that_a_parameter_makes_is_known_by_its_own_name(judge: Judge) -> None:
    package = """\
packageDeclarationVersion: 1
name: terraform-provider
version: 0.10.0
parameterization: {name: nuller, version: 3.2.0, value: e30=}
"""
    program = "resources:\n  a: {type: 'nuller:Resource', properties: {triggers: {b: c}}}\n"
    verdict = judge(program, files={"sdks/nuller/nuller-3.2.0.yaml": package})
    resource = verdict.resource("nuller:index/resource:Resource", "a")
    assert resource.inputs == {"triggers": {"b": "c"}}
    assert "nuller" in resource.provider


def test_a_secret_setting_stays_secret(judge: Judge) -> None:
    program = """\
config: {token: {type: string, secret: true}}
resources:
  orders: {type: "aws:sqs:Queue", properties: {tags: {token: "${token}"}}}
"""
    files = {
        "Pulumi.dev.yaml": "environment: [shop/dev]\n",
        "preflight.yaml": (
            "environments: {shop/dev: {pulumiConfig: {token: {'fn::secret': hush}}}}\n"
        ),
    }
    verdict = judge(program, files=files)
    assert verdict.resource(QUEUE, "orders").inputs["tags"]["token"] == Secret("hush")


def test_functions_are_answered_in_both_spellings(judge: Judge) -> None:
    program = """\
variables:
  account: {fn::invoke: {function: "aws:getCallerIdentity", return: accountId}}
  here: {fn::aws:getRegion: {}}
outputs: {account: "${account}", here: "${here.name}"}
"""
    assert judge(program).outputs == {"account": "123456789012", "here": "eu-west-1"}


def test_an_answer_that_nothing_tells_has_the_form_in_which_it_is_read(judge: Judge) -> None:
    program = """\
variables:
  keys: {fn::invoke: {function: "azure-native:storage:listKeys", arguments: {name: a}}}
  all: {fn::invoke: {function: "azure-native:storage:listAll", return: items}}
resources:
  orders:
    type: aws:sqs:Queue
    properties:
      tags: {key: "${keys.keys[0].value}", owner: "${keys.owner}", one: "${all[0].name}"}
"""
    verdict = judge(program)
    tags = verdict.resource(QUEUE, "orders").inputs["tags"]
    assert all(isinstance(tags[name], str) for name in ("key", "owner", "one"))
    assert any("listKeys was answered with made-up values" in text for text in notes_of(verdict))


def test_the_answer_of_a_function_is_what_the_user_knows(judge: Judge) -> None:
    program = """\
variables:
  keys: {fn::invoke: {function: "azure-native:storage:listKeys", arguments: {name: a}}}
outputs: {key: "${keys.keys[0].value}"}
"""
    known = (
        "invokes: [{function: 'azure-native:storage:listKeys', result: {keys: [{value: a-key}]}}]\n"
    )
    assert judge(program, files={"preflight.yaml": known}).outputs == {"key": "a-key"}


def test_a_package_without_a_schema_is_taken_as_the_program_writes_it(judge: Judge) -> None:
    program = """\
resources:
  site:
    type: kubernetes:apps/v1:Deployment
    properties: {metadata: {name: web}}
  orders:
    type: aws:sqs:Queue
    properties: {name: "${site.metadata.name}"}
outputs: {ready: "${site.status.conditions[0].type}"}
"""
    verdict = judge(program)
    assert verdict.resource("kubernetes:apps/v1:Deployment", "site").inputs == {
        "metadata": {"name": "web"}
    }
    assert verdict.resource(QUEUE, "orders").inputs["name"] == "web"
    assert (
        "preflight has no schema of the package kubernetes: nothing checked the names of its types "
        "and properties"
    ) in notes_of(verdict)


def test_a_component_of_a_plugin_is_named(judge: Judge) -> None:
    verdict = judge("resources:\n  cluster: {type: 'eks:Cluster'}\n")
    assert any("cluster (eks:index:Cluster) is a component" in text for text in notes_of(verdict))


def test_a_newer_package_than_the_table_may_have_more(judge: Judge) -> None:
    program = """\
resources:
  orders:
    type: aws:sqs:Queue
    properties: {novelty: 1}
    options: {version: 7.999.0}
outputs: {more: "${orders.surprise}"}
"""
    assert judge(program).resource(QUEUE, "orders").inputs["novelty"] == 1


@pytest.mark.parametrize("name", ["Main.yaml", "Main.json"])
def test_a_program_in_a_folder_of_its_own_runs_there(name: str, judge: Judge) -> None:
    program = {
        "resources": {"orders": {"type": "aws:sqs:Queue"}},
        "outputs": {"text": {"fn::readFile": "note.txt"}},
    }
    files = {f"infra/{name}": json.dumps(program, indent=1), "infra/note.txt": "hello"}
    verdict = judge("", files=files, head=f"{HEAD}main: infra\n")
    assert verdict.outputs == {"text": "hello"}
    assert place_of(verdict, QUEUE, "orders") == (f"infra/{name}", 3)


def test_a_program_that_a_compiler_makes_runs_without_lines(judge: Judge) -> None:
    head = "name: shop\nruntime: {name: yaml, options: {compiler: cat program.txt}}\n"
    files = {"program.txt": f"{HEAD}resources:\n  orders: {{type: 'aws:sqs:Queue'}}\n"}
    verdict = judge("", files=files, head=head)
    assert verdict.resource(QUEUE, "orders").position is None


def test_a_compiler_that_fails_is_one_error(judge: Judge) -> None:
    head = "name: shop\nruntime: {name: yaml, options: {compiler: cat nothing.txt}}\n"
    with pytest.raises(ProgramError, match=r"error running compiler cat: .*nothing\.txt: No such"):
        judge("", head=head)


def test_a_program_that_does_not_end_is_told(tmp_path: Path, yaml_host: Path) -> None:
    assert yaml_host.is_file()
    (tmp_path / "Pulumi.yaml").write_text(
        "name: shop\nruntime: {name: yaml, options: {compiler: sleep 600}}\n"
    )
    with pytest.raises(ProgramError, match="the program did not end within 2 s"):
        run(tmp_path, stack="dev", timeout_seconds=2)


@pytest.mark.parametrize(
    ("program", "told"),
    [
        pytest.param(
            "resources:\n  q:\n    type: aws:sqs:Queue\n    properties:\n      nope: 1\n",
            "Pulumi.yaml:7: Property nope does not exist on 'aws:sqs/queue:Queue'\n",
            id="property",
        ),
        pytest.param(
            "resources:\n  r:\n    type: aws:iam:Role\n    properties: {name: a}\n",
            "Pulumi.yaml:4: aws:iam/role:Role is not assignable from {name: string}\n"
            "  Cannot assign '{name: string}' to 'aws:iam/role:Role':\n"
            "    assumeRolePolicy: Missing required property 'assumeRolePolicy'",
            id="required",
        ),
        pytest.param(
            "resources:\n  q:\n    type: aws:sqs:Queue\n"
            "    properties:\n      fifoQueue: 'yes'\n      delaySeconds: [1]\n",
            "Pulumi.yaml:4: aws:sqs/queue:Queue is not assignable from",
            id="several-kinds",
        ),
        pytest.param(
            "resources:\n  q:\n    type: aws:sqs:Queu\n",
            'Pulumi.yaml:5: error resolving type of resource q: unable to find resource type "aws:'
            'sqs:Queu" in resource provider "aws"',
            id="type",
        ),
        pytest.param(
            "resources:\n  q:\n    type: aws:sqs:Queue\noutputs:\n  a: ${q.nope}\n",
            "Pulumi.yaml:7: nope does not exist on q\n",
            id="output",
        ),
        pytest.param(
            "outputs:\n  a: ${nothing}\n",
            "Pulumi.yaml:4: resource or variable named",
            id="reference",
        ),
        pytest.param(
            "variables:\n  a:\n    fn::invoke:\n      function: aws:ec2:getVpc\n"
            "      return: nope\noutputs: {a: '${a}'}\n",
            "Pulumi.yaml:7: nope does not exist on aws:ec2:getVpc\n",
            id="return",
        ),
        pytest.param(
            "variables:\n  a:\n    fn::aws:ec2:getNothing: {}\n",
            'Pulumi.yaml:5: unable to find function "aws:ec2:getNothing"',
            id="function",
        ),
        pytest.param(
            "resources:\n  q:\n    type: aws:sqs:Queue\n    options:\n      protec: true\n",
            "Pulumi.yaml:7: protec does not exist on resource options\n",
            id="option",
        ),
        pytest.param(
            "resources:\n  a: {type: 'aws:sqs:Queue', properties: {name: '${b.name}'}}\n"
            "  b: {type: 'aws:sqs:Queue', properties: {name: '${a.name}'}}\n",
            "circular dependency of resource 'a' transitively on itself",
            id="cycle",
        ),
        pytest.param(
            "outputs:\n  a: ${b[c]}\n  d: ${e[f]}\n",
            "Pulumi.yaml:4: invalid list index\nPulumi.yaml:5: invalid list index",
            id="expressions",
        ),
        pytest.param(
            "outputs:\n  a: {fn::readFile: nothing.txt}\n",
            "Pulumi.yaml:4: Error reading file at path nothing.txt",
            id="file",
        ),
    ],
)
def test_a_mistake_is_told_with_file_and_line(program: str, told: str, judge: Judge) -> None:
    with pytest.raises(ProgramError) as raised:
        judge(program)
    assert told in str(raised.value)
    assert raised.value.hint is None


def test_each_mistake_is_told_once(judge: Judge) -> None:
    program = """\
variables:
  one: {fn::select: [5, [a, b]]}
  two: {fn::select: [7, [a, b]]}
outputs: {one: "${one}", two: "${two}"}
"""
    with pytest.raises(ProgramError) as raised:
        judge(program)
    assert str(raised.value).splitlines() == [
        "Pulumi.yaml:4: list index 5 out-of-bounds for list of length 2",
        "Pulumi.yaml:5: list index 7 out-of-bounds for list of length 2",
    ]


@pytest.mark.parametrize(
    ("program", "told"),
    [
        pytest.param(
            "resources:\n  a: {type: 'aws:sqs:Queue'}\n  q: {type: queue}\n"
            "  z: {type: 'aws:sns:Topic'}\n",
            "Pulumi.yaml:5: the language host left out 'q' of type 'queue', and 1 more",
            id="a-type-without-a-package",
        ),
        pytest.param(
            "config: {q: {type: string, default: a}}\nresources:\n  q: {type: 'aws:sqs:Queue'}\n",
            "Pulumi.yaml:5: the language host left out 'q' of type 'aws:sqs:Queue'",
            id="a-setting-of-the-same-name",
        ),
    ],
)
def test_a_resource_that_the_host_passes_over_is_an_error(
    program: str, told: str, judge: Judge
) -> None:
    with pytest.raises(ProgramError) as raised:
        judge(program)
    assert str(raised.value) == told


def test_a_resource_that_exists_already_may_be_left_unread(judge: Judge) -> None:
    program = """\
resources:
  orders: {type: "aws:sqs:Queue"}
  again: {type: "aws:sqs:Queue", get: {id: "${orders.url}"}}
"""
    assert judge(program, keep_unknowns=True).resource(QUEUE, "orders").name == "orders"


def test_two_resources_of_one_urn_have_a_line_each(judge: Judge) -> None:
    program = "resources:\n  q: {type: 'aws:sqs:Queue'}\n  r: {type: 'aws:sqs:Queue', name: q}\n"
    (finding,) = judge(program).findings
    assert finding.rule == "duplicate-urn"
    assert "Pulumi.yaml:4 and Pulumi.yaml:5" in finding.message


def test_a_crash_of_the_host_is_one_error(judge: Judge) -> None:
    program = """\
resources:
  a-b: {type: "aws:sqs:Queue"}
variables:
  text: {fn::invoke: {function: "std:upper", arguments: {input: '${["a-b"].arn}/'}}}
outputs: {text: "${text.result}"}
"""
    with pytest.raises(ProgramError) as raised:
        judge(program)
    assert str(raised.value) == (
        "the language host broke off: interface conversion: ast.PropertyAccessor is "
        "*ast.PropertySubscript, not *ast.PropertyName"
    )
    assert raised.value.hint is not None
    assert "a mistake of the host itself" in raised.value.hint


def test_a_mistake_in_a_folder_of_its_own_names_the_folder(judge: Judge) -> None:
    files = {"infra/Main.yaml": "outputs:\n  a: ${nothing}\n"}
    with pytest.raises(ProgramError, match=r"^infra/Main\.yaml:2: "):
        judge("", files=files, head=f"{HEAD}main: infra\n")


def test_an_error_that_a_made_up_output_may_have_made_shows_ways_on(judge: Judge) -> None:
    program = """\
resources:
  orders: {type: "aws:sqs:Queue"}
outputs:
  text: {fn::fromBase64: "${orders.arn}"}
"""
    with pytest.raises(ProgramError) as raised:
        judge(program)
    assert "unable to decode arn:aws:sqs:eu-west-1:<account>:orders-" in str(raised.value)
    assert raised.value.hint is not None
    assert "--keep-unknowns" in raised.value.hint
    assert judge(program, keep_unknowns=True).outputs == {"text": Unknown.UNKNOWN}


ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
DATABASE = "aws:rds/getInstance:getInstance"


@pytest.mark.parametrize(
    ("program", "ways"),
    [
        pytest.param(
            """\
variables:
  azs: {fn::invoke: {function: "aws:getAvailabilityZones"}}
outputs: {zone: "${azs.names[17]}"}
""",
            [ZONES],
            id="a-missing-item",
        ),
        pytest.param(
            """\
variables:
  azs: {fn::invoke: {function: "aws:getAvailabilityZones"}}
  database:
    fn::invoke: {function: "aws:rds:getInstance", arguments: {dbInstanceIdentifier: main}}
outputs:
  text: {fn::fromBase64: "${database.address}!${azs.id}"}
""",
            [ZONES, DATABASE],
            id="a-text-of-two",
        ),
    ],
)
def test_an_error_that_a_made_up_answer_may_have_made_shows_how_to_give_it(
    judge: Judge, program: str, ways: list[str]
) -> None:
    with pytest.raises(ProgramError) as raised:
        judge(program)
    hint = raised.value.hint or ""
    assert "`invokes` in preflight.yaml can give the real one:" in hint
    listed = [line for line in hint.splitlines() if line.startswith("  ")]
    assert listed == [f"  invokes: [{{function: {each}, result: {{...}}}}]" for each in ways]
    # No resource has anything made up.
    assert "--keep-unknowns" not in hint


def test_an_error_names_each_made_up_value_of_its_text(judge: Judge) -> None:
    program = """\
resources:
  box: {type: "aws:ec2:Instance", properties: {ami: ami-1, instanceType: t3.micro}}
  net: {type: "aws:ec2:Vpc", properties: {cidrBlock: 10.0.0.0/16}}
outputs:
  text: {fn::fromBase64: "${box.id}-${net.id}-blue"}
"""
    with pytest.raises(ProgramError, match="unable to decode <id of box>-<id of net>-blue"):
        judge(program)


def test_a_warning_of_the_host_is_shown_beside_the_report(judge: Judge) -> None:
    verdict = judge("resources:\n  q:\n    Type: aws:sqs:Queue\n")
    assert "'Type' looks like a miscapitalization of 'type'" in verdict.printed


# Reports whatever a tag holds.
CURIOUS = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def curious(args, report):
    if args.props.get("tags", {}).get("about"):
        report("it is about something")

PolicyPack("curious", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("curious", "Nothing may be about anything.", curious),
])
"""


@pytest.mark.parametrize(
    ("about", "stands"),
    [
        pytest.param("{fn::toBase64: a-text}", True, id="what-the-program-gave"),
        pytest.param("{fn::toBase64: '${first.name}'}", True, id="a-name-that-the-program-gave"),
        pytest.param("{fn::toBase64: '${box.arn}'}", False, id="encoded"),
        pytest.param("{fn::toBase64: '${arn}'}", False, id="encoded-by-way-of-a-variable"),
        pytest.param("${encoded}", False, id="encoded-in-a-variable"),
        pytest.param(
            "{fn::select: [0, {fn::split: ['.', '${box.publicIp}']}]}", False, id="a-part"
        ),
        pytest.param("${database.engine}", False, id="a-word-of-an-answer"),
        pytest.param("${database.dbInstanceIdentifier}", True, id="an-argument-in-an-answer"),
    ],
)
def test_no_finding_stands_on_what_a_function_made_of_a_made_up_value(
    about: str, tmp_path: Path, yaml_host: Path, *, stands: bool
) -> None:
    assert yaml_host.is_file()
    program = f"""\
variables:
  arn: ${{box.arn}}
  encoded: {{fn::toBase64: "${{arn}}"}}
  database:
    fn::invoke: {{function: "aws:rds:getInstance", arguments: {{dbInstanceIdentifier: orders}}}}
resources:
  first: {{type: "aws:sqs:Queue", properties: {{name: first}}}}
  box: {{type: "aws:ec2:Instance", properties: {{ami: ami-1, instanceType: t3.micro}}}}
  second:
    type: aws:sqs:Queue
    properties:
      tags:
        about: {about}
"""
    (tmp_path / "Pulumi.yaml").write_text(HEAD + program)
    pack = write_pack(tmp_path / "pack", CURIOUS)
    verdict = run(tmp_path, stack="dev", packs=[pack], config=SETTINGS)
    assert bool(verdict.findings) is stands
    assert bool(verdict.not_evaluated) is not stands


def test_a_machine_without_a_host_is_told_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(HEAD)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProjectError, match="there is no host that runs it") as raised:
        run(tmp_path, stack="dev")
    assert raised.value.hint is not None
    assert "preflight install yaml" in raised.value.hint
    assert "Pulumi's command line" in raised.value.hint


def test_a_host_on_path_that_gets_no_schemas_is_told_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, yaml_host: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(f"{HEAD}resources:\n  q: {{type: 'aws:sqs:Queue'}}\n")
    (tmp_path / "pulumi-language-yaml").symlink_to(yaml_host)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(ProgramError, match='error loading package "aws"') as raised:
        run(tmp_path, stack="dev")
    assert raised.value.hint is not None
    assert "preflight install yaml" in raised.value.hint
    assert "pulumi plugin install" in raised.value.hint


def test_a_host_that_tells_no_port_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(HEAD)
    host = tmp_path / "pulumi-language-yaml"
    host.write_text(f"#!{sys.executable}\nprint('not today')\n")
    host.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(ProgramError, match="the language host said 'not today'; wanted its port"):
        run(tmp_path, stack="dev")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        pytest.param(f"{HEAD}main: nowhere\n", "main is 'nowhere'; wanted a folder", id="main"),
        pytest.param(
            "name: a\nruntime: {name: yaml, options: {compiler: [a]}}\n",
            r"runtime\.options\.compiler is \['a'\]; wanted a text",
            id="compiler",
        ),
    ],
)
def test_a_project_file_that_is_wrong_is_one_error(head: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(head)
    with pytest.raises(ProjectError, match=told):
        run(tmp_path, stack="dev")


def test_a_folder_without_a_program_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(f"{HEAD}main: infra\n")
    (tmp_path / "infra").mkdir()
    with pytest.raises(ProjectError, match=r"infra holds no Main\.json, Main\.yaml or Pulumi\.ya"):
        run(tmp_path, stack="dev")


def test_the_command_says_where_the_installed_host_is(
    yaml_host: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["install", "yaml"]) == 0
    assert capsys.readouterr().err == (
        f"The language host for yaml is there already: {yaml_host}\n"
    )
