"""Drops the properties that the engine keeps from rules: those whose name starts with `__`."""

from google.protobuf.struct_pb2 import ListValue, Struct, Value

_PREFIX = "__"


def without_internal(properties: Struct) -> Struct:
    """Gives `properties` without internal ones at any depth; the same object if it has none.

    Providers written in Python keep their code in one (`__provider`). The engine sends them to
    Remediate, whose answer replaces the inputs, but not to Analyze or AnalyzeStack.
    """
    # One look at the bytes spares the walk for nearly every resource.
    if _PREFIX.encode() not in properties.SerializeToString():
        return properties
    kept = Struct()
    kept.CopyFrom(properties)
    _drop(kept)
    return kept


def _drop(properties: Struct) -> None:
    for name in [name for name in properties.fields if name.startswith(_PREFIX)]:
        del properties.fields[name]
    for value in properties.fields.values():
        _drop_in(value)


def _drop_in(value: Value) -> None:
    if value.HasField("struct_value"):
        _drop(value.struct_value)
    elif value.HasField("list_value"):
        items: ListValue = value.list_value
        for item in items.values:
            _drop_in(item)
