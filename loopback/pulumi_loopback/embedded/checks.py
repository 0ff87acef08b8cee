"""What the embedded provider can say before anything is done."""

import json
from collections.abc import Mapping
from typing import Any

from pulumi_loopback.credentials import own_key
from pulumi_loopback.embedded.provider import embedded_backend
from pulumi_loopback.embedded.table import TABLE
from pulumi_loopback.errors import CommandError
from pulumi_loopback.state.store import Store
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.provider.backend import BackendError, Resource
from pulumi_preflight.provider.installed import ask
from pulumi_preflight.urns import name_of, type_of


def check_types(places: Mapping[str, str]) -> None:
    """Makes sure that all of a program's resources can be made.

    Args:
        places: URNs to the `file:line` that makes them.

    Raises:
        CommandError: It has a type that the table does not.
    """
    unknown = [
        f"{type_of(urn)} ({name_of(urn)}, {place})"
        for urn, place in places.items()
        if type_of(urn).startswith("aws:") and type_of(urn) not in TABLE
    ]
    if unknown:
        raise CommandError(
            f"the embedded provider cannot make {', '.join(unknown)}",
            hint="install the plugin of AWS, or give the type an entry in "
            "loopback/pulumi_loopback/embedded/table",
        )


def check_still_there(store: Store, url: str | None) -> None:
    """Makes sure that the endpoint has something of what the state says it has.

    What it holds is lost when it is killed, and the state is not.

    Args:
        store: The state.
        url: The endpoint that the settings name now, which may not be that of the state.

    Raises:
        CommandError: It has none of it, or cannot be asked.
    """
    resources: list[dict[str, Any]] = store.deployment().get("resources") or []
    providers = {
        f"{each['urn']}::{each['id']}": each.get("inputs", {})
        for each in resources
        if each["type"].startswith("pulumi:providers:")
    }
    services = {entry.service for entry in TABLE.values()}
    here = {"endpoints": json.dumps([dict.fromkeys(services, url)])} if url else {}
    made = [each for each in resources if each["type"] in TABLE]
    project = store.target.project
    key = own_key(project.folder, project.spelling)
    backend = embedded_backend(Shapes(ask), key, url)
    for each in made:
        resource = Resource(
            urn=each["urn"],
            inputs=each.get("inputs", {}),
            settings={**providers.get(each.get("provider", ""), {}), **here},
            id=each["id"],
            outputs=each.get("outputs", {}),
        )
        try:
            if backend.read(resource) is not None:
                return
        except BackendError as error:
            raise CommandError(f"the endpoint cannot be asked: {error}") from error
    if made:
        typed = store.target.project.spelling.of
        raise CommandError(
            f"the endpoint has none of the {len(made)} resources in the state of stack "
            f"{store.target.stack}: it was killed, or its data were deleted",
            hint=f"`{typed('refresh')}` takes them out of the state, and `{typed('up')}` makes "
            "them again",
        )
