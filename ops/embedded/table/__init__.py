"""Every type of resource that the embedded provider can make: those of the reference stack."""

from collections.abc import Mapping

from ops.embedded.entry import Entry
from ops.embedded.table.containers import CONTAINERS
from ops.embedded.table.data import DATA
from ops.embedded.table.load_balancing import LOAD_BALANCING
from ops.embedded.table.names import NAMES
from ops.embedded.table.network import NETWORK
from ops.embedded.table.security import SECURITY
from ops.embedded.table.storage import STORAGE

TABLE: Mapping[str, Entry] = {
    **NETWORK,
    **NAMES,
    **SECURITY,
    **CONTAINERS,
    **LOAD_BALANCING,
    **DATA,
    **STORAGE,
}
