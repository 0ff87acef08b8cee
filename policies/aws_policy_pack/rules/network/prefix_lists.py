"""Prefix lists that a stack declares, with their entries inline or as resources of their own."""

import ipaddress
from typing import Final

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, survey
from aws_policy_pack.rules.network.addresses import Block

PREFIX_LIST: Final = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY: Final = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"


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
