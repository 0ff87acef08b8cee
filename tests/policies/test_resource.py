"""Properties are read by path and kind; what cannot be read says so."""

from collections.abc import Callable
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, read_of, survey
from aws_policy_pack.wire import UNKNOWN, Value

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"


def of(**values: Value) -> Properties:
    return Properties(lambda: values)


def resource(
    name: str,
    kind: str = QUEUE,
    values: dict[str, Value] | None = None,
    references: dict[str, tuple[str, ...]] | None = None,
) -> Resource:
    return Resource(
        lambda: values or {}, urn=f"urn:{name}", type=kind, name=name, references=references
    )


READS: list[tuple[str, Callable[[Properties], object], Value, object]] = [
    ("text", lambda p: p.text("key"), "a", "a"),
    ("text-from-number", lambda p: p.text("key"), 3, "3"),
    ("number", lambda p: p.number("key"), 3, 3),
    ("number-zero", lambda p: p.number("key"), 0, 0),
    ("number-from-text", lambda p: p.number("key"), "3", 3),
    ("number-from-decimal-text", lambda p: p.number("key"), "0.5", 0.5),
    ("flag-true", lambda p: p.flag("key"), True, True),
    ("flag-from-text", lambda p: p.flag("key"), "true", True),
    ("flag-from-capital-text", lambda p: p.flag("key"), "True", True),
    ("flag-false-from-text", lambda p: p.flag("key", default=True), "false", False),
    ("flag-false-from-capital", lambda p: p.flag("key", default=True), "False", False),
    ("texts", lambda p: p.texts("key"), ["a", "b"], ("a", "b")),
    ("texts-from-one", lambda p: p.texts("key"), "a", ("a",)),
    ("texts-from-json", lambda p: p.texts("key"), '["a"]', ("a",)),
    ("object", lambda p: p.object("key").text("inner"), {"inner": "a"}, "a"),
    ("object-from-json", lambda p: p.object("key").text("inner"), '{"inner": "a"}', "a"),
    ("objects", lambda p: [o.text("a") for o in p.objects("key")], [{"a": "1"}], ["1"]),
    ("objects-from-json", lambda p: [o.text("a") for o in p.objects("key")], '[{"a":"1"}]', ["1"]),
    ("objects-from-one", lambda p: [o.text("a") for o in p.objects("key")], {"a": "1"}, ["1"]),
    ("any-mapping", lambda p: p.text("key.inner"), MappingProxyType({"inner": "a"}), "a"),
    ("raw", lambda p: p.raw("key"), [1, {"a": None}], [1, {"a": None}]),
    ("has", lambda p: p.has("key"), 0, True),
    ("has-unknown", lambda p: p.has("key"), UNKNOWN, True),
    ("has-inner", lambda p: p.has("key.inner"), {"inner": UNKNOWN}, True),
    ("has-no-inner", lambda p: p.has("key.other"), {"inner": 1}, False),
]
ABSENT: list[tuple[str, Callable[[Properties], object], object]] = [
    ("text", lambda p: p.text("key"), None),
    ("number", lambda p: p.number("key"), None),
    ("flag", lambda p: p.flag("key"), False),
    ("flag-with-default", lambda p: p.flag("key", default=True), True),
    ("texts", lambda p: p.texts("key"), ()),
    ("object", lambda p: p.object("key").keys(), ()),
    ("objects", lambda p: p.objects("key"), ()),
    ("raw", lambda p: p.raw("key"), None),
    ("has", lambda p: p.has("key"), False),
    ("below-an-absent-one", lambda p: p.text("key.inner.deep"), None),
]
REFUSED: list[tuple[str, Callable[[Properties], object], Value, str]] = [
    ("text", lambda p: p.text("key"), True, "`key` is True, not text"),
    ("number", lambda p: p.number("key"), "many", "`key` is the text 'many', not a number"),
    ("number-nan", lambda p: p.number("key"), "nan", "`key` is the text 'nan', not a number"),
    ("number-infinite", lambda p: p.number("key"), "inf", "`key` is the text 'inf', not a number"),
    ("number-flag", lambda p: p.number("key"), True, "`key` is True, not a number"),
    ("flag", lambda p: p.flag("key"), "yes", "`key` is the text 'yes', not true or false"),
    ("texts", lambda p: p.texts("key"), {"a": 1}, "`key` is an object, not a list"),
    ("texts-item", lambda p: p.texts("key"), ["a", 2], "`key[1]` is 2, not text"),
    ("object", lambda p: p.object("key"), [1], "`key` is a list, not an object"),
    ("object-text", lambda p: p.object("key"), "a", "`key` is the text 'a', not an object"),
    ("objects", lambda p: p.objects("key"), 3, "`key` is 3, not a list"),
    ("objects-item", lambda p: p.objects("key"), ["a"], "`key[0]` is the text 'a', not an object"),
    ("below-a-text", lambda p: p.text("key.inner"), "a", "`key` is the text 'a', not an object"),
]
UNKNOWNS: list[tuple[str, Callable[[Properties], object], Value, str]] = [
    ("text", lambda p: p.text("key"), UNKNOWN, "key"),
    ("number", lambda p: p.number("key"), UNKNOWN, "key"),
    ("flag", lambda p: p.flag("key"), UNKNOWN, "key"),
    ("has-below", lambda p: p.has("key.inner"), UNKNOWN, "key"),
    ("texts-item", lambda p: p.texts("key"), ["a", UNKNOWN], "key[1]"),
    ("objects-item", lambda p: p.objects("key"), [UNKNOWN], "key[0]"),
    ("inner", lambda p: p.text("key.inner"), {"inner": UNKNOWN}, "key.inner"),
    ("inner-of-object", lambda p: p.object("key").text("in"), {"in": UNKNOWN}, "key.in"),
    ("inner-of-item", lambda p: p.objects("key")[0].text("in"), [{"in": UNKNOWN}], "key[0].in"),
    ("raw-inside", lambda p: p.raw("key"), {"a": [1, UNKNOWN]}, "key.a[1]"),
]


@pytest.mark.parametrize(
    ("read", "value", "expected"), [pytest.param(*case[1:], id=case[0]) for case in READS]
)
def test_a_value_is_read_by_kind(
    read: Callable[[Properties], object], value: Value, expected: object
) -> None:
    assert read(of(key=value)) == expected


@pytest.mark.parametrize(
    ("read", "expected"), [pytest.param(*case[1:], id=case[0]) for case in ABSENT]
)
@pytest.mark.parametrize("given", [{}, {"key": None}], ids=["absent", "null"])
def test_an_absent_value_reads_as_nothing(
    read: Callable[[Properties], object], expected: object, given: dict[str, Value]
) -> None:
    assert read(of(**given)) == expected


@pytest.mark.parametrize(
    ("read", "value", "text"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED]
)
def test_a_value_of_another_kind_is_refused(
    read: Callable[[Properties], object], value: Value, text: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(of(key=value))
    assert str(refusal.value) == text


@pytest.mark.parametrize(
    ("read", "value", "path"), [pytest.param(*case[1:], id=case[0]) for case in UNKNOWNS]
)
def test_an_unknown_value_is_refused_with_its_path(
    read: Callable[[Properties], object], value: Value, path: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(of(key=value))
    assert (refusal.value.path, refusal.value.reason) == (path, "is not known yet")


def test_what_cannot_be_read_has_the_level_of_its_rule() -> None:
    with pytest.raises(Unreadable) as refusal:
        of(key=UNKNOWN).text("key")
    assert not refusal.value.is_advice
    assert not Unreadable("key", "is not known yet").is_advice


@pytest.mark.parametrize("text", ["{", '{"a": }', "[" * 100_000], ids=["open", "hole", "deep"])
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match=r"^`key` is not valid JSON: "):
        of(key=text).object("key")


@pytest.mark.parametrize(
    ("value", "known"),
    [
        pytest.param("a", True, id="text"),
        pytest.param(None, True, id="absent"),
        pytest.param(UNKNOWN, False, id="unknown"),
        pytest.param({"a": [1, 2]}, True, id="nested"),
        pytest.param({"a": [1, UNKNOWN]}, False, id="unknown-inside"),
    ],
)
def test_is_known_looks_at_every_depth(value: Value, known: bool) -> None:  # noqa: FBT001
    assert of(key=value).is_known("key") is known


def test_keys_are_those_that_are_given() -> None:
    assert of(a=1, b=None, c=UNKNOWN).keys() == ("a", "c")


def test_properties_are_loaded_once_and_only_when_read() -> None:
    loads: list[int] = []

    def load() -> dict[str, Value]:
        loads.append(1)
        return {"key": 1}

    properties = Properties(load)
    assert loads == []
    assert (properties.number("key"), properties.number("key")) == (1, 1)
    assert loads == [1]


@given(st.text())
def test_a_number_in_text_never_raises_anything_but_unreadable(text: str) -> None:
    try:
        number = of(key=text).number("key")
    except Unreadable:
        return
    assert number is not None


class TestGraph:
    """The graph finds resources and follows references."""

    def test_resources_come_by_type_in_the_order_of_the_types(self) -> None:
        queue, topic, other = resource("a"), resource("b", TOPIC), resource("c")
        graph = Graph([queue, topic, other])
        assert graph.of_type(TOPIC, QUEUE) == (topic, queue, other)

    def test_a_resource_is_found_by_its_urn(self) -> None:
        queue = resource("a")
        assert Graph([queue]).by_urn("urn:a") is queue
        assert Graph([queue]).by_urn("urn:b") is None

    def test_a_property_dependency_answers_for_an_unknown_value(self) -> None:
        target = resource("dead")
        source = resource(
            "source",
            values={"redrivePolicy": UNKNOWN},
            references={"redrivePolicy": ("urn:dead",)},
        )
        graph = Graph([target, source])
        assert graph.referenced(source, "redrivePolicy", QUEUE) == (target,)

    @pytest.mark.parametrize("path", ["target.deadLetterConfig", "target.deadLetterConfig.arn"])
    def test_dependencies_are_those_of_the_whole_property(self, path: str) -> None:
        target = resource("dead")
        source = resource(
            "source", values={"target": UNKNOWN}, references={"target": ("urn:dead",)}
        )
        assert Graph([target, source]).referenced(source, path, QUEUE) == (target,)

    def test_a_dependency_of_another_type_is_not_meant(self) -> None:
        topic = resource("topic", TOPIC, {"arn": "arn:topic"})
        source = resource("source", values={"policy": "{}"}, references={"policy": ("urn:topic",)})
        assert Graph([topic, source]).referenced(source, "policy", QUEUE) == ()

    @pytest.mark.parametrize("key", ["id", "arn", "url", "name", "bucket"])
    def test_a_literal_is_found_by_what_identifies_a_resource(self, key: str) -> None:
        target = resource("dead", values={key: "dead-1"})
        source = resource("source", values={"redrivePolicy": '{"deadLetterTargetArn": ["dead-1"]}'})
        assert Graph([target, source]).referenced(source, "redrivePolicy", QUEUE) == (target,)

    def test_an_empty_text_identifies_nothing(self) -> None:
        nameless = resource("dead", values={"name": "", "arn": "arn:dead"})
        source = resource("source", values={"redrivePolicy": ""})
        assert Graph([nameless, source]).referenced(source, "redrivePolicy", QUEUE) == ()

    @pytest.mark.parametrize(
        "text", [pytest.param("[broken", id="no JSON"), pytest.param("[" * 100_000, id="too deep")]
    )
    def test_a_text_that_cannot_be_read_as_json_is_a_text(self, text: str) -> None:
        target = resource("dead", values={"name": text})
        source = resource("source", values={"redrivePolicy": text})
        assert Graph([target, source]).referenced(source, "redrivePolicy", QUEUE) == (target,)

    def test_an_unknown_value_without_dependencies_is_unreadable(self) -> None:
        source = resource("source", values={"redrivePolicy": UNKNOWN})
        with pytest.raises(Unreadable):
            Graph([source]).referenced(source, "redrivePolicy", QUEUE)

    def test_a_fact_about_the_graph_is_worked_out_once(self) -> None:
        asked: list[Graph] = []

        def count(graph: Graph) -> int:
            asked.append(graph)
            return len(graph.resources)

        graph, other = Graph([resource("a")]), Graph([])
        assert (graph.once(count), graph.once(count), other.once(count)) == (1, 1, 0)
        assert asked == [graph, other]

    def test_referring_is_the_way_back(self) -> None:
        target = resource("dead", values={"arn": "arn:dead"})
        source = resource("source", values={"redrivePolicy": '{"deadLetterTargetArn": "arn:dead"}'})
        other = resource("other", values={"redrivePolicy": '{"deadLetterTargetArn": "arn:else"}'})
        graph = Graph([target, source, other])
        assert graph.referring(target, "redrivePolicy", QUEUE) == (source,)

    def test_the_first_of_several_that_may_refer_is_told(self) -> None:
        target = resource("dead")
        sources = [resource(name, values={"redrivePolicy": UNKNOWN}) for name in ("a", "b", "c")]
        with pytest.raises(Unreadable) as raised:
            Graph([target, *sources]).referring(target, "redrivePolicy", QUEUE)
        assert raised.value.resource is sources[0]


def test_a_survey_keeps_what_it_could_read_and_tells_the_rest() -> None:
    known, unknown = resource("a", values={"size": 1}), resource("b", values={"size": UNKNOWN})
    found, missed = survey([known, unknown], lambda each: each.number("size"))
    assert found == [(known, 1)]
    assert [(m.path, m.resource) for m in missed] == [("size", unknown)]


def test_what_cannot_be_read_of_another_resource_names_that_one() -> None:
    other = resource("other", values={"size": UNKNOWN})
    with pytest.raises(Unreadable) as raised:
        read_of(other, lambda each: each.number("size"))
    assert (raised.value.path, raised.value.resource) == ("size", other)
