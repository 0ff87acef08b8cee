"""Where the plugin of AWS is at hand, it is used, and the embedded provider is not."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from pulumi_loopback.engine import Engine
from tests.engine.embedded import Deployment, shop

PLUGIN = """\
#!/bin/sh
exec {python} -m pulumi_preflight.provider --store {store}
"""


def install(deployed: Deployment, place: str, store: Path) -> None:
    """Puts a plugin in a place: the rehearsal provider, which keeps what it makes in a file."""
    home = Path(deployed.variables["PULUMI_HOME"])
    folder = {
        "installed": home / "plugins" / f"resource-aws-v{version('pulumi-aws')}",
        "on-path": home.parent / "bin",
    }[place]
    folder.mkdir(parents=True)
    plugin = folder / "pulumi-resource-aws"
    plugin.write_text(PLUGIN.format(python=sys.executable, store=store))
    plugin.chmod(0o755)


@pytest.mark.parametrize("place", ["installed", "on-path"])
def test_a_plugin_at_hand_makes_the_resources(place: str, tmp_path: Path, engine: Engine) -> None:
    with shop(tmp_path, engine) as project:
        store = tmp_path / "store.json"
        install(project, place, store)
        path = f"{tmp_path / 'bin'}:{project.variables['PATH']}"
        up = project.with_variables(PATH=path).session("up")
        assert "embedded provider" not in up
        assert {each["urn"].split("::")[-1] for each in json.loads(store.read_text())} >= {
            "dead",
            "orders",
            "network",
        }
        assert project.client("sqs").list_queues().get("QueueUrls") is None
