"""Functions of the `std` provider, and `cidr` of `aws-native`, computed as the providers do.

What needs a clock, chance, a key or Go's regular expressions is not here, and is made up:
`timestamp`, `uuid`, `bcrypt`, `rsadecrypt`, `regex`. So is what is rarely used, such as
`csvdecode` and `timeadd`, and a result for which a function here knows too little of Unicode or of
Go's verbs.

Source: pulumi/pulumi-std, provider/*.go, of version 2.3.2, and pulumi/pulumi-aws-native,
provider/pkg/provider/provider_intrinsics.go.
"""

import hashlib
import ipaddress
import json
import math
import posixpath
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from pulumi_preflight.outputs.answers.calls import Answer, AnswerCall, Call, RefusedCallError
from pulumi_preflight.outputs.marks import texts
from pulumi_preflight.project.go_values import json_text, key_text
from pulumi_preflight.wire import PropertyValue, rewrite, without_secret

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class _RefusedError(ValueError):
    """The provider refuses the arguments; the text says why."""


class _NotComputedError(ValueError):
    """The provider knows the answer, and this module does not."""


def _is_list_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(test, value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0


def _is(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kind)


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "text": _is(str),
    "number": _is_number,
    "whole number": _is_whole,
    "list": _is(list),
    "map": _is(dict),
    "list of texts": _is_list_of(_is(str)),
    "list of numbers": _is_list_of(_is_number),
    "list of whole numbers": _is_list_of(_is_whole),
    "list of lists": _is_list_of(_is(list)),
    "list of maps": _is_list_of(_is(dict)),
    "value": lambda _: True,
}


class _Function(NamedTuple):
    """One function.

    Attributes:
        compute: Gives the result for the arguments, in the order of `takes`.
        takes: Argument to the kind of its value; `?` follows where it may be left out.
        gives: The name of the result.
    """

    compute: Callable[..., Any]
    takes: Mapping[str, str]
    gives: str = "result"


def _of_text(compute: Callable[[str], Any]) -> _Function:
    return _Function(compute, {"input": "text"})


def _of_number(compute: Callable[[float], Any]) -> _Function:
    return _Function(compute, {"input": "number"})


def _of_list(compute: Callable[[list[Any]], Any], kind: str = "list") -> _Function:
    return _Function(compute, {"input": kind})


def _of_value(compute: Callable[[Any], Any]) -> _Function:
    return _Function(compute, {"input": "value"})


def _digest(name: str, content: bytes) -> str:
    return hashlib.new(name, content, usedforsecurity=False).hexdigest()


def _hash(name: str) -> _Function:
    return _of_text(lambda text: _digest(name, text.encode()))


def _hash_as_base64(name: str) -> _Function:
    return _of_text(lambda text: b64encode(hashlib.new(name, text.encode()).digest()).decode())


# Networks. Source: apparentlymart/go-cidr, cidr/cidr.go, which the provider uses.
_PREFIX = re.compile(r"[^/]+/\d{1,3}")


def _network(text: str) -> _Network:
    try:
        if _PREFIX.fullmatch(text):
            return ipaddress.ip_network(text, strict=False)
    except ValueError:
        pass
    raise _RefusedError(f"invalid CIDR expression: invalid CIDR address: {text}")


def _host(text: str, number: float) -> str:
    network, host = _network(text), int(number)
    greatest = network.num_addresses - 1
    if not -greatest - 1 <= host <= greatest:
        raise _RefusedError(
            f"prefix of {network.prefixlen} does not accommodate a host numbered {host}"
        )
    return str(network[host])


def _netmask(text: str) -> str:
    network = _network(text)
    if network.version != 4:  # noqa: PLR2004 - IP's own number
        raise _RefusedError(f"IPv6 addresses cannot have a netmask: {text}")
    return str(network.netmask)


def _subnet(text: str, more: float, number: float) -> str:
    network, bits, wanted = _network(text), int(more), int(number)
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen:
        raise _RefusedError(
            f"insufficient address space to extend prefix of {network.prefixlen} by {bits}"
        )
    if not 0 <= wanted < 2**bits:
        raise _RefusedError(
            f"prefix extension of {bits} does not accommodate a subnet numbered {wanted}"
        )
    return _at(network, wanted << (network.max_prefixlen - length), length)


def _subnets(text: str, more: list[float]) -> list[str]:
    network, found, start = _network(text), list[str](), 0
    for number, bits in enumerate(map(int, more), 1):
        length = network.prefixlen + bits
        if not 1 <= bits <= 32 or length > network.max_prefixlen:  # noqa: PLR2004 - the provider's
            raise _RefusedError(f"argument {number} ({bits}) must extend prefix by 1 to 32 bits")
        size = 1 << (network.max_prefixlen - length)
        start = -(-start // size) * size
        if start >= network.num_addresses:
            raise _RefusedError(
                f"not enough remaining address space for a subnet with a prefix of {length} bits "
                f"after {found[-1]}"
            )
        found.append(_at(network, start, length))
        start += size
    return found


_MOST_BLOCKS = 256


def _blocks(text: str, count: float, bits: float) -> list[str]:
    """As many blocks as CloudFormation's `Fn::Cidr` makes, one after the other."""
    if not 1 <= count <= _MOST_BLOCKS:
        raise _RefusedError(f"'count' must be a number between 1 and {_MOST_BLOCKS}")
    network, more = _network(text), int(bits)
    length = network.prefixlen + more
    if more < 0 or length > network.max_prefixlen:
        raise _RefusedError(
            f"cidrBits {more} would extend prefix to {length} bits, which is too long for an "
            f"IPv{network.version} address"
        )
    if count > 2**more:
        raise _RefusedError(
            f"not enough remaining address space for {int(count)} subnets with a prefix of "
            f"{length} bits in {text}"
        )
    size = 1 << (network.max_prefixlen - length)
    return [_at(network, number * size, length) for number in range(int(count))]


def _at(network: _Network, offset: int, length: int) -> str:
    return f"{network.network_address + offset}/{length}"


# Values of several kinds.
def _shown(value: PropertyValue) -> str:
    """A value as Go's `%v` shows it."""
    if isinstance(value, list | dict):
        raise _NotComputedError
    return value if isinstance(value, str) else key_text(_plain(value))


def _plain(value: PropertyValue) -> PropertyValue:
    return float(value) if _is_number(value) and isinstance(value, int | float) else value


def _in_one_kind(values: Iterable[PropertyValue]) -> list[PropertyValue]:
    """The values that are there, all in the kind that holds them all."""
    there: list[PropertyValue] = [each for each in values if each is not None]
    if any(isinstance(each, list | dict) for each in there):
        raise _RefusedError("all arguments must be of a supported type")
    if any(isinstance(each, str) for each in there):
        return [_shown(each) for each in there]
    if len({isinstance(each, bool) for each in there}) > 1:
        raise _RefusedError("all arguments must be convertible to the same type")
    return there


def _coalesce(values: list[PropertyValue]) -> PropertyValue:
    for each in _in_one_kind(values):
        if each != "":
            return each
    raise _RefusedError("no non-empty values found")


def _to_list(items: list[PropertyValue]) -> list[PropertyValue]:
    # The provider compares the list with each item but the last.
    if all(isinstance(each, list) for each in items[:-1]):
        return items
    return [_shown(each) for each in items]


def _distinct(items: list[PropertyValue]) -> list[PropertyValue]:
    if any(isinstance(each, list | dict) for each in items):
        raise _RefusedError("an item is a list or a map, which the provider cannot compare")
    found: dict[str, PropertyValue] = {}
    for each in items:
        found.setdefault(json_text(each), each)
    return list(found.values())


def _holds(items: list[PropertyValue], wanted: PropertyValue) -> bool:
    return json_text(wanted) in map(json_text, items)


def _index(items: list[PropertyValue], wanted: PropertyValue) -> int:
    if not items:
        raise _RefusedError("input list must not be empty when using the index function")
    if not _holds(items, wanted):
        raise _RefusedError("item not found")
    return list(map(json_text, items)).index(json_text(wanted))


def _element(items: list[PropertyValue], index: float) -> PropertyValue:
    if not items:
        raise _RefusedError("input list must not be empty when using the element function")
    return items[int(index) % len(items)]


def _flatten(items: list[PropertyValue]) -> list[PropertyValue]:
    return [
        inner for each in items for inner in (_flatten(each) if isinstance(each, list) else [each])
    ]


def _chunks(items: list[PropertyValue], size: float) -> list[list[PropertyValue]]:
    if size < 0:
        raise _RefusedError("size must be greater than or equal to 0")
    if size == 0:
        raise _RefusedError("size is 0; wanted at least 1")
    return [items[start : start + int(size)] for start in range(0, len(items), int(size))]


def _slice(
    items: list[PropertyValue], start: float | None, end: float | None
) -> list[PropertyValue]:
    count = len(items)
    first, last = int(start or 0), count if end is None else int(end)
    first, last = (each + count if each < 0 else each for each in (first, last))
    if not 0 <= first <= count:
        raise _RefusedError("from index out of range")
    if not first <= last <= count:
        raise _RefusedError("to index out of range")
    return items[first:last]


def _compact(items: list[PropertyValue]) -> list[str]:
    there = [each for each in items if each is not None]
    texts = [each for each in there if isinstance(each, str)]
    if len(texts) < len(there):
        raise _RefusedError("compact arg is not a string value")
    return list(filter(None, texts))


def _first_filled(lists: list[list[PropertyValue]]) -> list[PropertyValue]:
    found = next(filter(None, lists), None)
    if found is None:
        raise _RefusedError("no non-empty list found")
    return found


def _length(value: PropertyValue) -> int:
    match value:
        case str():
            return len(value.encode())
        case list() | dict():
            return len(value)
        case _:
            raise _RefusedError("input must be a string, list, or map")


def _lookup(of: dict[str, PropertyValue], key: str, default: PropertyValue) -> PropertyValue:
    if key not in of and default is None:
        raise _RefusedError("key not found in input map")
    return of.get(key, default)


def _map(items: list[PropertyValue]) -> dict[str, PropertyValue]:
    keys, values = items[::2], items[1::2]
    if len(keys) != len(values):
        raise _RefusedError("expected an even number of arguments")
    for number, key in enumerate(keys):
        if not isinstance(key, str):
            raise _RefusedError(f"expected a string key at index {2 * number}")
    return {str(key): value for key, value in zip(keys, values, strict=True)}


def _zip_map(keys: list[str], values: list[PropertyValue]) -> dict[str, PropertyValue]:
    if len(keys) != len(values):
        raise _RefusedError("keys and values must be the same length")
    return dict(zip(keys, values, strict=True))


def _merge(maps: list[dict[str, PropertyValue]]) -> dict[str, PropertyValue]:
    return dict(chain.from_iterable(each.items() for each in maps))


# Numbers.
def _filled(numbers: list[float]) -> list[float]:
    if not numbers:
        raise _RefusedError("input list must not be empty")
    return numbers


_LONGEST = 100_000


def _range(limit: float, start: float | None, step: float | None) -> list[float]:
    first = start or 0.0
    by = step or (1.0 if first <= limit else -1.0)
    count = math.ceil((limit - first) / by) if first != limit else 0
    if count > _LONGEST:
        raise _NotComputedError
    return [first + number * by for number in range(max(0, count))]


_INTEGER = re.compile(r"[-+]?[0-9A-Za-z]+")


def _parsed(text: str, base: float | None) -> int:
    of = 10 if base is None else int(base)
    if not 2 <= of <= 62:  # noqa: PLR2004 - the provider's bounds
        raise _RefusedError("base must be between 2 and 62 inclusive")
    if of > 36:  # noqa: PLR2004 - Python's own bound
        raise _NotComputedError
    try:
        if _INTEGER.fullmatch(text):
            return int(text, of)
    except ValueError:
        pass
    raise _RefusedError(f'strconv.ParseInt: parsing "{text}": invalid syntax')


_DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def _to_number(value: PropertyValue) -> PropertyValue:
    if value is None or _is_number(value):
        return value
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    raise _RefusedError(f"{_shown(value)} is not a number value")


_TRUE, _FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")


def _to_truth(value: PropertyValue) -> PropertyValue:
    if value is None or isinstance(value, bool):
        return value
    if value in (*_TRUE, *_FALSE):
        return value in _TRUE
    raise _RefusedError(f"{_shown(value)} is not a boolean value")


def _to_text(value: PropertyValue) -> PropertyValue:
    return None if value is None else _shown(value)


# Texts.
def _decoded(text: str) -> str:
    try:
        # As in Go, line ends may stand anywhere.
        return b64decode(re.sub(r"[\r\n]", "", text), validate=True).decode()
    except ValueError as error:
        raise _RefusedError(f"failed to decode base64 data: {error}") from error


def _from_json(text: str) -> PropertyValue:
    try:
        value: PropertyValue = json.loads(text, parse_int=float)
        json_text(value)
    except (ValueError, RecursionError):
        return text
    # The provider reads objects alone, and hands on all other texts.
    return value if isinstance(value, dict) else text


def _replaced(text: str, search: str, by: str) -> str:
    if len(search) > 1 and search.startswith("/") and search.endswith("/"):
        raise _NotComputedError
    return text.replace(search, by)


def _title(text: str) -> str:
    if not text.isascii():
        raise _NotComputedError
    return re.sub(r"[A-Za-z][\w.:']*", lambda word: word[0].capitalize(), text)


def _part(text: str, offset: float, length: float) -> str:
    if not text.isascii() or "\r\n" in text or (offset < 0 and not text):
        raise _NotComputedError
    start = int(offset) % len(text) if offset < 0 else int(offset)
    return text[start:] if length < 0 else text[start : start + int(length)]


def _indent(text: str, spaces: float) -> str:
    if spaces < 0:
        raise _RefusedError(f"spaces is {int(spaces)}; wanted at least 0")
    return text.replace("\n", "\n" + " " * int(spaces))


def _base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or ("/" if path else ".")


def _folder_name(path: str) -> str:
    return posixpath.normpath(re.sub("/+", "/", path[: path.rfind("/") + 1]))


_VERB = re.compile(r"%([-+# 0]*\d*(?:\.\d+)?)(.)", re.DOTALL)


def _formatted(text: str, values: list[PropertyValue]) -> str:
    """The text with values in place of the verbs that Python and Go write alike."""
    waiting = iter(values)

    def written(found: re.Match[str]) -> str:
        flags, verb = found.groups()
        if verb == "%" and not flags:
            return "%"
        try:
            return _verb(flags, verb, next(waiting))
        except StopIteration:
            raise _NotComputedError from None

    result = _VERB.sub(written, text)
    if next(waiting, waiting) is not waiting or "%" in _VERB.sub("", text):
        raise _NotComputedError
    return result


def _verb(flags: str, verb: str, value: Any) -> str:  # noqa: ANN401 - any value
    match verb:
        case "v" if not flags:
            is_one = not isinstance(value, list | dict)
            return _shown(int(value) if _is_whole(value) else value) if is_one else json_text(value)
        case "s" if isinstance(value, str) and not flags.startswith("0"):
            return str(f"%{flags}s" % value)
        case "t" if isinstance(value, bool) and not flags:
            return _shown(value)
        case "d" | "x" | "X" | "o" if _is_whole(value) and not {".", "#"} & {*flags}:
            return str(f"%{flags}{verb}" % int(value))
        case "f" | "F" | "e" | "E" if _is_number(value) and not _is_whole(value):
            return str(f"%{flags}{verb}" % value)
        case _:
            raise _NotComputedError


def _formatted_list(text: str, values: list[PropertyValue]) -> list[str]:
    lengths = {len(each) for each in values if isinstance(each, list)}
    if not lengths:
        return [_formatted(text, values)]
    if len(lengths) > 1:
        raise _RefusedError("all list arguments must be of the same length")
    return [
        _formatted(text, [each[number] if isinstance(each, list) else each for each in values])
        for number in range(lengths.pop())
    ]


_FUNCTIONS: Mapping[str, _Function] = {
    "abs": _of_number(abs),
    "alltrue": _of_list(lambda items: all(each in (True, "true") for each in items)),
    "anytrue": _of_list(lambda items: any(each in (True, "true") for each in items)),
    "base64decode": _of_text(_decoded),
    "base64encode": _of_text(lambda text: b64encode(text.encode()).decode()),
    "base64sha256": _hash_as_base64("sha256"),
    "base64sha512": _hash_as_base64("sha512"),
    "basename": _of_text(_base_name),
    "ceil": _of_number(math.ceil),
    "chomp": _of_text(lambda text: text.rstrip("\r\n")),
    "chunklist": _Function(_chunks, {"input": "list", "size": "whole number"}),
    "cidrhost": _Function(_host, {"input": "text", "host": "whole number"}),
    "cidrnetmask": _of_text(_netmask),
    "cidrsubnet": _Function(
        _subnet, {"input": "text", "newbits": "whole number", "netnum": "whole number"}
    ),
    "cidrsubnets": _Function(_subnets, {"input": "text", "newbits": "list of whole numbers"}),
    "coalesce": _of_list(_coalesce),
    "coalescelist": _of_list(_first_filled, "list of lists"),
    "compact": _of_list(_compact),
    "concat": _of_list(lambda lists: list(chain.from_iterable(lists)), "list of lists"),
    "contains": _Function(_holds, {"input": "list", "element": "value"}),
    "dirname": _of_text(_folder_name),
    "distinct": _of_list(_distinct),
    "element": _Function(_element, {"input": "list", "index": "whole number"}),
    "endswith": _Function(str.endswith, {"input": "text", "suffix": "text"}),
    "flatten": _of_list(_flatten),
    "floor": _of_number(math.floor),
    "format": _Function(_formatted, {"input": "text", "args": "list"}),
    "formatlist": _Function(_formatted_list, {"input": "text", "args": "list"}),
    "indent": _Function(_indent, {"input": "text", "spaces": "whole number"}),
    "index": _Function(_index, {"input": "list", "element": "value"}),
    "join": _Function(
        lambda texts, separator: separator.join(texts),
        {"input": "list of texts", "separator": "text"},
    ),
    "jsondecode": _of_text(_from_json),
    "jsonencode": _of_value(json_text),
    "keys": _Function(sorted, {"input": "map"}),
    "length": _of_value(_length),
    "log": _Function(
        lambda number, base: math.log(number) / math.log(base),
        {"input": "number", "base": "number"},
    ),
    "lookup": _Function(_lookup, {"map": "map", "key": "text", "default": "value?"}),
    "lower": _of_text(str.lower),
    "map": _Function(_map, {"args": "list"}),
    "max": _of_list(lambda numbers: max(_filled(numbers)), "list of numbers"),
    "md5": _hash("md5"),
    "merge": _of_list(_merge, "list of maps"),
    "min": _of_list(lambda numbers: min(_filled(numbers)), "list of numbers"),
    "parseint": _Function(_parsed, {"input": "text", "base": "whole number?"}),
    "pow": _Function(math.pow, {"base": "number", "exponent": "number"}),
    "range": _Function(_range, {"limit": "number", "start": "number?", "step": "number?"}),
    "replace": _Function(_replaced, {"text": "text", "search": "text", "replace": "text"}),
    "reverse": _of_list(lambda items: items[::-1]),
    "sha1": _hash("sha1"),
    "sha256": _hash("sha256"),
    "sha512": _hash("sha512"),
    "signum": _of_number(lambda number: (number > 0) - (number < 0)),
    "slice": _Function(_slice, {"list": "list", "from": "whole number?", "to": "whole number?"}),
    "sort": _of_list(sorted, "list of texts"),
    "split": _Function(
        lambda separator, text: text.split(separator) if separator else list(text),
        {"separator": "text", "text": "text"},
    ),
    "startswith": _Function(str.startswith, {"input": "text", "prefix": "text"}),
    "substr": _Function(
        _part, {"input": "text", "offset": "whole number", "length": "whole number"}
    ),
    "sum": _of_list(sum, "list of numbers"),
    "title": _of_text(_title),
    "tobool": _of_value(_to_truth),
    "tolist": _of_list(_to_list),
    "tonumber": _of_value(_to_number),
    "toset": _of_list(lambda items: _to_list(_distinct(items))),
    "tostring": _of_value(_to_text),
    "trim": _Function(str.strip, {"input": "text", "cutset": "text"}),
    "trimprefix": _Function(str.removeprefix, {"input": "text", "prefix": "text"}),
    "trimspace": _of_text(str.strip),
    "trimsuffix": _Function(str.removesuffix, {"input": "text", "suffix": "text"}),
    "upper": _of_text(str.upper),
    "urlencode": _of_text(quote_plus),
    "values": _Function(lambda of: [of[key] for key in sorted(of)], {"input": "map"}),
    "zipmap": _Function(_zip_map, {"keys": "list of texts", "values": "list"}),
}
# What is made of a file's bytes. The provider encodes a digest as it is written.
_OF_FILES: Mapping[str, Callable[[bytes], Any]] = {
    "file": lambda content: content.decode(errors="replace"),
    "filebase64": lambda content: b64encode(content).decode(),
    "filebase64sha256": lambda content: b64encode(_digest("sha256", content).encode()).decode(),
    "filebase64sha512": lambda content: b64encode(_digest("sha512", content).encode()).decode(),
    "fileexists": lambda _: True,
    "filemd5": partial(_digest, "md5"),
    "filesha1": partial(_digest, "sha1"),
    "filesha256": partial(_digest, "sha256"),
    "filesha512": partial(_digest, "sha512"),
}


def _answer(function: _Function, call: Call) -> Answer:
    arguments = {name: rewrite(value, without_secret) for name, value in call.arguments.items()}
    try:
        result = function.compute(*_checked(function.takes, arguments))
    except _RefusedError as error:
        made_up = next(filter(call.is_made_up, texts(arguments)), "")
        raise RefusedCallError(str(error), value=made_up) from error
    except (ValueError, ArithmeticError):
        return Answer()
    shown = texts(result)
    hides = any(
        call.is_made_up(text) and not any(text in each for each in shown)
        for text in texts(arguments)
    )
    given = {function.gives: result}
    return Answer(made_up=given) if hides else Answer(follows=given)


def _of_file(compute: Callable[[bytes], Any], call: Call) -> Answer:
    path = call.text("input")
    try:
        return Answer(follows={"result": compute((call.folder / path).read_bytes())})
    except FileNotFoundError as error:
        raise RefusedCallError(
            f"file({path}) failed to read the contents because the file does not exist", value=path
        ) from error
    except OSError as error:
        raise RefusedCallError(f"file({path}): {error.strerror}", value=path) from error


def _checked(takes: Mapping[str, str], arguments: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for name, of in takes.items():
        kind, value = of.removesuffix("?"), arguments.get(name)
        if value is None and (kind != of or kind == "value"):
            found.append(None)
        elif value is None or not _KINDS[kind](value):
            told = "not given" if value is None else f"a {type(value).__name__}"
            raise _RefusedError(f"`{name}` is {told}; wanted a {kind}")
        else:
            found.append(value)
    return found


_BLOCKS = _Function(
    _blocks, {"ipBlock": "text", "count": "whole number", "cidrBits": "whole number"}, "subnets"
)
ANSWERS: dict[str, AnswerCall] = dict(
    [
        ("aws-native:index:cidr", partial(_answer, _BLOCKS)),
        *((f"std:index:{name}", partial(_answer, each)) for name, each in _FUNCTIONS.items()),
        *((f"std:index:{name}", partial(_of_file, each)) for name, each in _OF_FILES.items()),
    ]
)
