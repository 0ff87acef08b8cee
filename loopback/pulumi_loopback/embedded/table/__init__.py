"""Every type of resource that the embedded provider can make: those of the reference stack."""

from collections.abc import Mapping

from pulumi_loopback.embedded.entry import Entry
from pulumi_loopback.embedded.table.containers import CONTAINERS
from pulumi_loopback.embedded.table.data import DATA
from pulumi_loopback.embedded.table.load_balancing import LOAD_BALANCING
from pulumi_loopback.embedded.table.names import NAMES
from pulumi_loopback.embedded.table.network import NETWORK
from pulumi_loopback.embedded.table.security import SECURITY
from pulumi_loopback.embedded.table.storage import STORAGE

TABLE: Mapping[str, Entry] = {
    **NETWORK,
    **NAMES,
    **SECURITY,
    **CONTAINERS,
    **LOAD_BALANCING,
    **DATA,
    **STORAGE,
}
