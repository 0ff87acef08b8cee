"""The command line `aws-policy-pack`: shows rules and costs, checks profiles, starts a pack."""

import argparse
import datetime as dt
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

from aws_policy_pack import __version__
from aws_policy_pack.config import ConfigError, nearest
from aws_policy_pack.cost.price_list import PRICE_LIST
from aws_policy_pack.cost.refresh import MOST_FACTOR, refresh_tables
from aws_policy_pack.cost.report import cost_report, render_json, render_terminal
from aws_policy_pack.cost.state import StateError, load_state
from aws_policy_pack.cost.table import (
    DEFAULT_REGION,
    FOLDER,
    TableError,
    regions,
    tables_in,
    user_folder,
    way_to_prices,
)
from aws_policy_pack.docs import ScaffoldError, rule_section, write_pack
from aws_policy_pack.evaluation import current_day, incomplete
from aws_policy_pack.profiles import (
    Profile,
    load_profile,
    resolved,
    shipped_profiles,
    written_rules,
)
from aws_policy_pack.registry import RULES, select
from aws_policy_pack.rule import Severity
from aws_policy_pack.waiver_formats import as_exceptions, as_waivers, lines_of

SERVED = Path(__file__).parent / "served"
EXAMPLES = """examples:
  aws-policy-pack list --area sqs --severity high
  aws-policy-pack explain sqs-redrive-policy-shape
  aws-policy-pack check-config policies/profiles/prod.json
  aws-policy-pack profile recommended > profile.json
  aws-policy-pack waivers profile.json --format engine --state state.json > engine.json
  aws-policy-pack cost state.json --format json
  aws-policy-pack prices --region eu-central-1
"""


class UsageError(Exception):
    """The command cannot be carried out as given; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.

    Returns:
        0; 1 where `prices` did not find every price; 2 where the arguments, a file or a name are
            wrong.
    """
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], str | int] = options.command
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A character that the encoding does not have is written as its number.
            stream.reconfigure(errors="backslashreplace")
    try:
        result = command(options)
        if isinstance(result, str):
            sys.stdout.write(result)
            result = 0
        sys.stdout.flush()
    except (ConfigError, ScaffoldError, StateError, TableError, UsageError) as error:
        sys.stderr.writelines(f"error: {line}\n" for line in str(error).splitlines())
        return 2
    except BrokenPipeError:
        # A reader such as `head` that stops early is not an error.
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        sys.stderr.write(f"error: {error.filename or 'the output'}: {error.strerror}\n")
        return 2
    return result


def _discard_output() -> None:
    """Sends the rest nowhere; else Python would flush it at its end, and fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aws-policy-pack",
        description="The rules of the pack, and what goes with them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="the rules, one on a line")
    _add_filters(listing)
    listing.add_argument("--format", choices=["table", "json"], default="table")
    listing.set_defaults(command=_list)

    explain = commands.add_parser("explain", help="all that is to be said of one rule")
    explain.add_argument("rule", metavar="RULE")
    explain.set_defaults(command=_explain)

    check = commands.add_parser("check-config", help="check a profile, strictly")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(command=_check_config)

    waivers = commands.add_parser(
        "waivers", help="the waivers of a profile, also as the engine's exceptions, and back"
    )
    waivers.add_argument("file", type=Path, metavar="FILE", help="a profile, of version 2 or not")
    waivers.add_argument(
        "--format",
        choices=["table", "engine", "pack"],
        default="table",
        help="engine: the profile with exceptions; pack: with waivers (default: table)",
    )
    waivers.add_argument(
        "--state",
        type=Path,
        metavar="STATE",
        help="a stack export, or preflight's --save-state: in it waivers find the URNs that an "
        "exception needs",
    )
    waivers.add_argument(
        "--owner", metavar="NAME", default="", help="who answers for exceptions that name nobody"
    )
    waivers.add_argument(
        "--expires",
        metavar="DAY",
        type=_day,
        help="last day of exceptions that have none, YYYY-MM-DD",
    )
    waivers.set_defaults(command=_waivers)

    profile = commands.add_parser(
        "profile", help="a profile with what it extends, as the engine takes it"
    )
    profile.add_argument(
        "profile", metavar="NAME|FILE", help=f"{', '.join(shipped_profiles())}, or a file"
    )
    profile.set_defaults(command=_profile)

    cost = commands.add_parser("cost", help="what a stack costs in a month")
    cost.add_argument(
        "state", type=Path, metavar="STATE", help="a stack export, or preflight's --save-state"
    )
    cost.add_argument("--region", help="of resources that name none (default: the provider's)")
    cost.add_argument("--prices", type=Path, metavar="FOLDER", help="a folder of your own tables")
    cost.add_argument("--format", choices=["table", "json"], default="table")
    cost.set_defaults(command=_cost)

    prices = commands.add_parser(
        "prices", help="look prices up in AWS's public price list, and write the table of a region"
    )
    prices.add_argument(
        "--region",
        action="append",
        default=[],
        metavar="REGION",
        help=f"region to refresh, or to add; repeatable (default: {DEFAULT_REGION})",
    )
    prices.add_argument(
        "--to",
        "--folder",
        dest="folder",
        type=Path,
        metavar="FOLDER",
        help="folder of the tables, such as `priceFolder` of cost-monthly-budget (default: "
        "aws-policy-pack/prices in $XDG_DATA_HOME or ~/.local/share, where the pack looks too)",
    )
    prices.add_argument("--price-list", default=PRICE_LIST, help="base address of the price list")
    prices.add_argument(
        "--trust-list",
        action="store_true",
        help=f"take a list that is older than the table, or a price more than {MOST_FACTOR} times "
        "dearer or cheaper",
    )
    prices.set_defaults(command=_prices)

    path = commands.add_parser("path", help="the folder to give to `--policy-pack`")
    path.set_defaults(command=lambda _: f"{SERVED}\n")

    init = commands.add_parser("init", help="write a small pack that builds on this one")
    init.add_argument("folder", type=Path, metavar="FOLDER")
    init.set_defaults(command=_init)
    return parser


def _add_filters(listing: argparse.ArgumentParser) -> None:
    filters = listing.add_argument_group(
        "filters",
        "A rule must pass each that is given; one that is repeated takes any of its values.",
    )
    filters.add_argument("--area", action="append", default=[], help="such as sqs")
    filters.add_argument("--id", action="append", default=[], help="an id or a glob: 'cost-*'")
    filters.add_argument(
        "--level",
        action="append",
        default=[],
        choices=sorted({rule.level.value for rule in RULES}),
        help="where the profile says nothing",
    )
    filters.add_argument(
        "--severity", action="append", default=[], choices=[s.value for s in Severity]
    )
    filters.add_argument(
        "--control", action="append", default=[], help="a control or a glob: 'Security Hub SQS.*'"
    )


def _list(options: argparse.Namespace) -> str:
    found = select(
        areas=options.area,
        ids=options.id,
        severities=[Severity(value) for value in options.severity],
        controls=options.control,
    )
    rules = [rule for rule in found if not options.level or rule.level.value in options.level]
    if not rules:
        raise UsageError(_why_none(options))
    if options.format == "json":
        rows = [
            {
                "id": rule.id,
                "area": rule.area,
                "kind": rule.kind.value,
                "level": rule.level.value,
                "severity": rule.severity.value,
                "scope": rule.scope.value,
                "fix": rule.fix is not None,
                "controls": rule.controls,
                "summary": rule.summary,
                "url": rule.url,
            }
            for rule in rules
        ]
        return json.dumps(rows, indent=2) + "\n"
    width = max(len(rule.id) for rule in rules)
    lines = [
        f"{rule.id:{width}}  {rule.level.value:9}  {rule.severity.value:8}  {rule.summary}"
        for rule in rules
    ]
    return "\n".join([*lines, f"{len(rules)} rules" if len(rules) > 1 else "1 rule", ""])


def _why_none(options: argparse.Namespace) -> str:
    """Which of the filters no rule has; all of them together where each has some."""
    areas = {rule.area for rule in RULES}
    for area in options.area:
        if area not in areas:
            return f"--area {area}: unknown area; {nearest(area, areas)}"
    for pattern in options.id:
        if not select(ids=[pattern]):
            ids = [rule.id for rule in RULES]
            return f"--id {pattern}: no id is like it; {nearest(pattern, ids)}"
    for pattern in options.control:
        if not select(controls=[pattern]):
            controls = {control for rule in RULES for control in rule.controls}
            return f"--control {pattern}: no control is like it; {nearest(pattern, controls)}"
    return "no rule has all of this; give fewer filters"


def _explain(options: argparse.Namespace) -> str:
    by_id = {name: rule for rule in RULES for name in (rule.id, *rule.formerly)}
    if options.rule not in by_id:
        raise UsageError(f"{options.rule}: unknown rule; {nearest(options.rule, by_id)}")
    return rule_section(by_id[options.rule]).lstrip("\n")


def _check_config(options: argparse.Namespace) -> str:
    profile = _checked(options.file)
    notes = [
        f"note: {options.file}: `{setting.called}` is `{rule}` now; write the present name\n"
        for rule, setting in profile.settings.items()
        if setting.called
    ]
    return "".join([*notes, f"{options.file}: no mistakes\n"])


def _checked(file: Path) -> Profile:
    profile = load_profile(file)
    if problems := list(incomplete(profile.settings)):
        raise ConfigError(problems, profile.source)
    return profile


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day, YYYY-MM-DD") from None


def _waivers(options: argparse.Namespace) -> str:
    profile, today = load_profile(options.file), current_day()
    if options.format == "table":
        return _waiver_table(profile, today)
    rules = written_rules(options.file)
    if options.format == "pack":
        written = as_waivers(profile, rules, owner=options.owner, expires=options.expires)
    else:
        resources = load_state(options.state).resources if options.state else None
        written = as_exceptions(profile, rules, RULES, resources, today=today)
    sys.stderr.writelines(f"note: {options.file}: {note}\n" for note in written.notes)
    return json.dumps(written.content, indent=2) + "\n"


def _waiver_table(profile: Profile, today: dt.date) -> str:
    rows = list(lines_of(profile, today=today))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [
        "  ".join([*(f"{row[column]:{widths[column]}}" for column in range(3)), row[3]])
        for row in rows
    ]
    return "\n".join([*lines, f"{len(rows)} waivers" if len(rows) != 1 else "1 waiver", ""])


def _profile(options: argparse.Namespace) -> str:
    shipped, file = shipped_profiles(), Path(options.profile)
    content = shipped.get(options.profile)
    if content is None:
        if not file.suffix and not file.exists():
            text = "neither a profile that the pack ships nor a file"
            raise UsageError(f"{options.profile}: {text}; {nearest(options.profile, shipped)}")
        _checked(file)
        content = resolved(file)
    return json.dumps(content, indent=2) + "\n"


def _cost(options: argparse.Namespace) -> str:
    tables = tables_in(options.prices)
    if options.region and tables(options.region) is None:
        folders = (FOLDER, user_folder(), *([options.prices] if options.prices else []))
        known = ", ".join(sorted({region for folder in folders for region in regions(folder)}))
        raise UsageError(
            f"--region {options.region}: has no price table; there is one of {known}; "
            f"{way_to_prices(options.region)}"
        )
    try:
        report = cost_report(options.state, region=options.region, tables=tables)
    except RecursionError as error:
        raise StateError(f"{options.state}: a resource nests too deep to be read") from error
    if options.format == "json":
        return render_json(report)
    width = shutil.get_terminal_size().columns
    return render_terminal(report, width=width, encoding=sys.stdout.encoding)


def _prices(options: argparse.Namespace) -> int:
    return refresh_tables(
        options.region,
        folder=options.folder,
        price_list=options.price_list,
        is_trusted=options.trust_list,
    )


def _init(options: argparse.Namespace) -> str:
    written = write_pack(options.folder)
    lines = [f"wrote {path}" for path in written]
    usage = (
        f"pulumi preview --policy-pack {options.folder} "
        f"--policy-pack-config {options.folder / 'profile.json'}"
    )
    return "\n".join([*lines, f"use it: {usage}", ""])
