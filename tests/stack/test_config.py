"""Settings: how they are read, and how mistakes in them are told."""

import contextvars
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from caps import read_caps
from config import StackSettings
from config_checks import SettingsError, nearest_setting, setting_paths
from config_loader import load_settings, read_configuration
from tests.stack.settings import STACK, UNCAPPED, as_text, configuration

STACKS = ("local", "dev", "prod")
DEV = configuration("dev")


def mistakes(stack: str, written: Mapping[str, Any]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load_settings(stack, written, UNCAPPED)
    return str(raised.value).splitlines()


@pytest.mark.parametrize("stack", STACKS)
def test_the_settings_of_each_stack_are_valid(stack: str) -> None:
    assert load_settings(stack, configuration(stack), UNCAPPED).queue_name == "steps"


@pytest.mark.parametrize("stack", STACKS)
def test_the_settings_of_each_stack_keep_within_its_caps(stack: str) -> None:
    load_settings(stack, configuration(stack), read_caps(stack))


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_holds_only_what_differs_from_the_project(stack: str) -> None:
    project = yaml.safe_load((STACK / "Pulumi.yaml").read_text())["config"]
    own = leaves(yaml.safe_load((STACK / f"Pulumi.{stack}.yaml").read_text())["config"])
    assert not {path for path, value in own.items() if project.get(path) == value}


def leaves(value: object, path: str = "") -> dict[str, object]:
    if not isinstance(value, dict):
        return {path: value}
    return {
        leaf: inner
        for key, child in value.items()
        for leaf, inner in leaves(
            child, f"{path}.{key}" if path else key.removeprefix("dagster-taskiq:")
        ).items()
    }


def read(project: str, config: dict[str, str]) -> dict[str, Any]:
    """What the program reads when Pulumi hands it `config`."""

    def set_and_read() -> dict[str, Any]:
        pulumi.runtime.set_all_config(config)
        return read_configuration(project)

    return contextvars.copy_context().run(set_and_read)


def test_only_the_projects_own_keys_are_read() -> None:
    config = {"shop:queue": '{"maxReceiveCount":3}', "aws:region": "us-east-1"}
    assert read("shop", config) == {"queue": {"maxReceiveCount": 3}}


def test_a_key_with_dots_is_a_path_into_its_group() -> None:
    config = {"shop:queue.max": "5", "shop:queue": '{"max":3,"min":1}', "shop:a.b.c": "x"}
    assert read("shop", config) == {"queue": {"max": "5", "min": 1}, "a": {"b": {"c": "x"}}}


def test_a_path_into_a_group_that_is_no_object_leaves_the_group_as_it_is() -> None:
    assert read("shop", {"shop:queue": "3", "shop:queue.max": "5"}) == {"queue": "3"}


def test_text_that_only_begins_like_an_object_stays_text() -> None:
    assert read("shop", {"shop:queue": "{"}) == {"queue": "{"}


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        pytest.param("taskiqDemo__enabled", "true", True, id="a switch as text"),
        pytest.param("services__worker__cpu", "1024", 1024, id="a number as text"),
        pytest.param("services__worker__cpu", 1024.0, 1024, id="a number as the engine's float"),
        pytest.param("database__engineVersion", 16, "16", id="digits as a number"),
        pytest.param("services__imageTag", 1234567, "1234567", id="a tag of digits"),
    ],
)
def test_values_are_read_whatever_form_pulumi_stored_them_in(
    path: str, text: object, value: object
) -> None:
    loaded = load_settings("dev", configuration("dev", **{path: text}), UNCAPPED)
    found: Any = loaded.model_dump(by_alias=True)
    for key in path.split("__"):
        found = found[key]
    assert found == value


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(
            "taskiqDemo__enabeld",
            "Pulumi.dev.yaml: taskiqDemo.enabeld is not a setting; wanted taskiqDemo.enabled."
            " Fix: write taskiqDemo.enabled instead.",
            id="misspelt",
        ),
        pytest.param(
            "natGateways",
            "Pulumi.dev.yaml: natGateways is not a setting; wanted network.natGateways."
            " Fix: write network.natGateways instead.",
            id="outside its group",
        ),
        pytest.param(
            "zebra",
            "Pulumi.dev.yaml: zebra is not a setting; wanted one of the settings in config.py."
            " Fix: remove zebra.",
            id="like no other",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_right_one(path: str, line: str) -> None:
    assert mistakes("dev", configuration("dev", **{path: 1})) == [line]


def test_a_missing_setting_is_named_with_the_file_to_put_it_in() -> None:
    written = configuration("dev", queue__maxReceiveCount=None)
    assert mistakes("dev", written) == [
        (
            "Pulumi.yaml: queue.maxReceiveCount is missing; wanted a value."
            " Fix: set queue.maxReceiveCount there."
        )
    ]


def test_a_group_that_is_no_object_is_named() -> None:
    (line,) = mistakes("dev", configuration("dev", queue="3"))
    assert line.startswith('Pulumi.dev.yaml: queue is "3"; wanted ')


def test_all_mistakes_are_told_at_once_each_in_one_line() -> None:
    lines = mistakes(
        "dev",
        configuration("dev", logs__retentionDays=2, services__worker__cpu="many", zebra=1),
    )
    assert [line.split(" ")[1] for line in lines] == [
        "services.worker.cpu",
        "logs.retentionDays",
        "zebra",
    ]


def test_the_file_that_holds_a_value_is_the_file_that_is_named() -> None:
    (line,) = mistakes("prod", configuration("prod", queue__maxReceiveCount=0))
    assert line.startswith("Pulumi.yaml: queue.maxReceiveCount is 0;")
    (line,) = mistakes("prod", configuration("prod", network__natGateways=3))
    assert line.startswith("Pulumi.prod.yaml: network.natGateways is 3;")


def test_a_mistake_ends_the_program_without_a_traceback() -> None:
    assert issubclass(SettingsError, pulumi.RunError)


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        pytest.param(
            {"services__worker__cpu": 300},
            "Pulumi.yaml: services.worker.cpu is 300; wanted one of 256, 512, 1024, 2048, 4096,"
            " 8192, 16384 (Fargate). Fix: change services.worker.cpu.",
            id="a cpu size that Fargate does not have",
        ),
        pytest.param(
            {"services__worker__memoryMib": 1024},
            "Pulumi.yaml: services.worker.memoryMib is 1024; wanted 2048 to 8192 in steps of 1024"
            " (Fargate, with cpu 1024). Fix: change services.worker.memoryMib or"
            " services.worker.cpu.",
            id="memory that does not go with the cpu",
        ),
        pytest.param(
            {"autoScaler__memoryMib": 700},
            "Pulumi.yaml: autoScaler.memoryMib is 700; wanted 512, 1024, 2048 (Fargate, with cpu"
            " 256). Fix: change autoScaler.memoryMib or autoScaler.cpu.",
            id="memory of the smallest cpu",
        ),
        pytest.param(
            {"services__imageTag": "latest"},
            'Pulumi.yaml: services.imageTag is "latest"; wanted a tag that names one image for good'
            " (latest is for local alone). Fix: set it to the tag of a pushed image.",
            id="latest outside local",
        ),
        pytest.param(
            {"queue__messageRetentionSeconds": 2700},
            "Pulumi.yaml: queue.messageRetentionSeconds is 2700; wanted more than 2700, which is"
            " queue.visibilityTimeoutSeconds x queue.maxReceiveCount: messages would expire before"
            " they reach the dead-letter queue. Fix: raise it, or lower one of the two.",
            id="retention shorter than all receives",
        ),
        pytest.param(
            {"queue__deadLetterRetentionSeconds": 60},
            "Pulumi.yaml: queue.deadLetterRetentionSeconds is 60; wanted at least"
            " queue.messageRetentionSeconds, 345600: a message's age counts on in the dead-letter"
            " queue. Fix: raise it, best to 1209600.",
            id="dead letters kept shorter than messages",
        ),
        pytest.param(
            {"database__maxCapacityAcu": 1, "database__minCapacityAcu": 2},
            "Pulumi.yaml: database.maxCapacityAcu is 1; wanted at least database.minCapacityAcu,"
            " which is 2. Fix: raise database.maxCapacityAcu or lower database.minCapacityAcu.",
            id="capacity bounds the wrong way round",
        ),
        pytest.param(
            {"network__cidrBlock": "10.0.0.1/16"},
            'Pulumi.yaml: network.cidrBlock is "10.0.0.1/16"; wanted the first address of a'
            " network, with a prefix of /16 to /24. Fix: change network.cidrBlock, for instance to"
            " 10.0.0.0/16.",
            id="an address inside a network",
        ),
        pytest.param(
            {"network__availabilityZones": ["us-east-1a", "eu-west-1a"]},
            'Pulumi.dev.yaml: network.availabilityZones.1 is "eu-west-1a"; wanted a zone of'
            " aws.region us-east-1. Fix: name two zones of that region.",
            id="a zone of another region",
        ),
        pytest.param(
            {"loadBalancer__domainName": "dagster.example.com"},
            "Pulumi.dev.yaml: loadBalancer.certificateArn is missing; wanted both"
            " loadBalancer.certificateArn and loadBalancer.domainName, or neither. Fix: set"
            " loadBalancer.certificateArn.",
            id="a domain name without a certificate",
        ),
        pytest.param(
            {"aws__endpoint": "http://127.0.0.1:4566"},
            'Pulumi.dev.yaml: aws.endpoint is "http://127.0.0.1:4566"; wanted none: dev is deployed'
            " to AWS itself. Fix: remove aws.endpoint.",
            id="an emulator for another stack than local",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(
    overrides: Mapping[str, Any], line: str
) -> None:
    assert mistakes("dev", configuration("dev", **overrides)) == [line]


@pytest.mark.parametrize(
    "endpoint",
    ["https://sqs.us-east-1.amazonaws.com", "http://10.0.0.1:4566", "http://127.0.0.1.example.com"],
)
def test_local_is_made_on_the_loopback_alone(endpoint: str) -> None:
    (line,) = mistakes("local", configuration("local", aws__endpoint=endpoint))
    assert line == (
        f'Pulumi.local.yaml: aws.endpoint is "{endpoint}"; wanted a loopback address: the stack'
        " local is made on this machine alone. Fix: set it to http://127.0.0.1:4566."
    )


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4566", "http://localhost:5000", "http://[::1]:4566"]
)
def test_any_loopback_address_serves_local(endpoint: str) -> None:
    load_settings("local", configuration("local", aws__endpoint=endpoint), UNCAPPED)


def test_local_without_an_endpoint_would_reach_aws_and_is_refused() -> None:
    (line,) = mistakes("local", configuration("local", aws__endpoint=None))
    assert line.startswith("Pulumi.local.yaml: aws.endpoint is missing; wanted the emulator's URL")


@pytest.mark.parametrize("stack", ["Dev", "x", "a-very-long-name", "1st"])
def test_a_stack_whose_name_would_make_bad_physical_names_is_refused(stack: str) -> None:
    (line,) = mistakes(stack, configuration("dev"))
    assert line.endswith("Fix: rename the stack.")


@given(st.sampled_from(sorted(setting_paths(StackSettings))), st.integers(0, 50), st.booleans())
def test_one_wrong_letter_leads_back_to_the_setting(path: str, place: int, double: bool) -> None:  # noqa: FBT001 - Hypothesis hands it over by position
    place %= len(path)
    typo = path[:place] + (path[place] if double else "") + path[place:]
    nearest = nearest_setting(typo if double else path[:place] + path[place + 1 :], [path])
    assert nearest == path or len(path) < 6


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)  # the first example reads the files
@given(
    st.dictionaries(
        st.sampled_from([path for path in setting_paths(StackSettings) if "." not in path])
        | st.text(),
        json_values,
    )
)
def test_whatever_stands_in_the_files_the_answer_is_settings_or_one_line_a_mistake(
    changes: dict[str, Any],
) -> None:
    try:
        load_settings("dev", {**DEV, **changes}, UNCAPPED)
    except SettingsError as error:
        for line in str(error).splitlines():
            assert line.startswith("Pulumi.")
            assert "; wanted " in line
            assert ". Fix: " in line


def test_texts_of_objects_are_read_as_objects() -> None:
    text = {f"shop:{key}": value for key, value in as_text(configuration("prod")).items()}
    load_settings("prod", read("shop", text), UNCAPPED)
