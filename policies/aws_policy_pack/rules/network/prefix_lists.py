"""Prefix lists that a stack declares, with their entries inline or as resources of their own."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, survey
from aws_policy_pack.rules.network.addresses import Block
from aws_policy_pack.rules.network.grants import Grant

PREFIX_LIST: Final = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY: Final = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"


def named_lists(grant: Grant, source: Resource, graph: Graph) -> Iterator[Resource]:
    """The prefix lists of the stack that a rule names.

    Raises:
        Unreadable: Nothing tells which of several lists an inline rule names.
    """
    key = grant.names.prefix_lists
    if not grant.properties.has(key):
        return
    value = grant.properties.values[key]
    names = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    # The engine keeps references by top-level property: for all inline rules together.
    path = grant.path.partition("[")[0] or key
    lists = graph.referenced(source, path, PREFIX_LIST)
    nameless = [each for each in lists if _id_of(each) is None]
    known = {_id_of(each) for each in lists} - {None}
    unmatched = [name for name in names if name not in known]
    if grant.path and unmatched and len(nameless) > len(unmatched):
        raise Unreadable(f"{grant.path}.{key}", "is not known yet")
    for each in lists:
        if unmatched if each in nameless else _id_of(each) in names:
            yield each


def _id_of(prefix_list: Resource) -> str | None:
    """The id, which also ends the ARN; `None` where neither is known."""
    own, arn = prefix_list.values.get("id"), prefix_list.values.get("arn")
    if isinstance(own, str):
        return own
    return arn.rpartition("/")[2] if isinstance(arn, str) else None


def blocks_in(prefix_list: Resource, graph: Graph) -> tuple[list[Block], list[Unreadable]]:
    """The address blocks of a prefix list, and what of them could not be read."""
    links = graph.links("prefixListId", of=(ENTRY,), to=(PREFIX_LIST,))
    inline, unread = survey([prefix_list], _inline_cidrs)
    attached: list[tuple[Resource, list[tuple[str, Properties]]]] = [
        (entry, [("cidr", entry)]) for entry in links.to(prefix_list)
    ]
    blocks: list[Block] = []
    missed = [*links.missed, *unread]
    for holder, entries in (*inline, *attached):
        for where, entry in entries:
            try:
                blocks.append(_block(entry, where))
            except Unreadable as unreadable:
                missed.append(Unreadable(unreadable.path, unreadable.reason, holder))
    return blocks, missed


def _inline_cidrs(prefix_list: Resource) -> list[tuple[str, Properties]]:
    if not is_given(prefix_list, "entries"):
        return []
    entries = enumerate(prefix_list.objects("entries"))
    return [(f"entries[{index}].cidr", entry) for index, entry in entries]


def _block(entry: Properties, where: str) -> Block:
    text = entry.text("cidr") or ""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise Unreadable(where, f"is {text!r}, not a block of addresses") from error
