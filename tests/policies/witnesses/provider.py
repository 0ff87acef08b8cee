"""The real AWS provider, asked over its plugin protocol whether it takes a resource's inputs.

No API is called: the provider validates the inputs and plans a creation, and a data source that
would call one fails, since all that leaves the machine goes to a closed port. Its binary is that of
a mirror of Terraform's plugins; tests are left out where there is none.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tools.replacements.plugin import Plugin, plugin

MIRRORS: Final = (
    Path("/opt/tf-plugins"),
    Path("/usr/share/terraform/plugins"),
    Path("/usr/local/share/terraform/plugins"),
    Path.home() / ".terraform.d" / "plugins",
)
BINARY: Final = "registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*"


def binary() -> Path | None:
    """The provider's binary, the last version of the first mirror; `None` if there is none."""
    found = (max(mirror.glob(BINARY), default=None) for mirror in MIRRORS)
    return next((path for path in found if path), None)


class RefusedError(Exception):
    """The provider refuses what it is asked; the text says why."""


class Provider:
    """A provider that runs."""

    def __init__(self, running: Plugin) -> None:
        """Takes its process."""
        self._plugin = running

    def has(self, kind: str, argument: str) -> bool:
        """Whether the provider has a type with such an argument."""
        return kind in self._plugin.types and argument in self._plugin.block(kind).attributes

    def refusals(self, kind: str, given: Mapping[str, Any]) -> list[str]:
        """What the provider says against a resource.

        Args:
            kind: Terraform's type, such as `aws_sqs_queue`.
            given: Its arguments by Terraform's names.
        """
        config = self._plugin.block(kind).whole(given)
        planned = self._plugin.plan(kind, None, config, config)
        return [each.summary for each in (*self._plugin.check(kind, config), *planned.refusals)]

    def read(self, kind: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a data source answers, by Terraform's names.

        Args:
            kind: Terraform's type, such as `aws_partition`.
            given: Its arguments by Terraform's names.

        Raises:
            RefusedError: It refuses the arguments, or cannot answer without calling AWS.
        """
        config = self._plugin.source_block(kind).whole(given)
        state, refusals = self._plugin.read(kind, config)
        if refusals:
            raise RefusedError("; ".join(each.summary for each in refusals))
        answer: Mapping[str, Any] = state
        return answer


@contextmanager
def running(path: Path, region: str = "us-east-1") -> Iterator[Provider]:
    """Starts a provider, and ends it."""
    with plugin(path, region) as started:
        yield Provider(started)
