"""Every type of resource that the embedded provider can make: those of the reference stack."""

from collections.abc import Mapping

from pulumi_loopback.embedded.api import Entry
from pulumi_loopback.embedded.table.containers import CONTAINERS, SECURITY
from pulumi_loopback.embedded.table.data import DATA, STORAGE
from pulumi_loopback.embedded.table.load_balancing import LOAD_BALANCING
from pulumi_loopback.embedded.table.network import NAMES, NETWORK

TABLE: Mapping[str, Entry] = {
    **NETWORK,
    **NAMES,
    **SECURITY,
    **CONTAINERS,
    **LOAD_BALANCING,
    **DATA,
    **STORAGE,
}
