"""A shop of 24 services on one network: about 1,000 resources, for pictures of reports."""

from network import Network
from platform_parts import Platform
from service import Service

# What each service listens to, beside its own queues.
SERVICES = {
    "catalog": (),
    "prices": ("catalog",),
    "stock": ("catalog",),
    "customers": (),
    "sessions": ("customers",),
    "baskets": ("sessions", "prices"),
    "coupons": ("customers",),
    "orders": ("baskets", "stock", "coupons"),
    "payments": ("orders",),
    "invoices": ("payments",),
    "refunds": ("payments", "orders"),
    "picking": ("orders",),
    "parcels": ("picking",),
    "tracking": ("parcels",),
    "returns": ("tracking", "refunds"),
    "mail": ("orders", "tracking"),
    "reviews": ("orders",),
    "search": ("catalog", "reviews"),
    "reports": ("invoices",),
    "fraud": ("payments",),
    "backoffice": ("orders", "returns"),
    "gifts": ("orders",),
    "loyalty": ("payments", "customers"),
    "forecast": ("reports", "stock"),
}

network = Network("network")
platform = Platform("platform", network)
made: dict[str, Service] = {}
for name, sources in SERVICES.items():
    made[name] = Service(name, network, platform, [made[source] for source in sources])
