"""What the provider's own texts, which the SDK carries, say of a property's form.

A text is read for what it calls the value: an ARN, an account, a time, a host, one of some words.
"""

import re
from functools import cache

from tests.sweep.rules import TIME, Rule, Source
from tools.tables.responses import regions, words

_ARN = r"\Aarn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws|cloudfront|lambda)?:\S.*\Z"
_HOST = r"\A(?:[\w*-]+\.)+[a-zA-Z]{2,}(?::\d+)?\Z"
# The provider leaves the scheme out of some.
_URL = r"\A(?:[a-z0-9]+://\S+|[\w.-]+\.[\w.-]+/\S+)\Z"
_ADDRESS = r"\A(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]+:[0-9a-f:]*)\Z"
_NETWORK = r"\A(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]+)/\d+\Z"
_ZONE = r"\A[a-z]{2}(?:-[a-z]+)+-\d[a-z]\Z"
_HOSTS = ("dnsname", "domainname", "fqdn", "host", "hostname")
# What the beginning of a text calls the value, and the last words of the name that agree with it:
# a text may speak of other things, and a name alone is what preflight reads as well.
_CALLED: tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...] = (
    (re.compile(r"\bARNs?\b|Amazon Resource Name"), ("arn", "arns"), _ARN),
    (
        re.compile(
            r"account (?:id|number)|id of the (?:\w+ )*account|account that owns|owner",
            re.IGNORECASE,
        ),
        ("id", "account", "owner"),
        r"\A\d{12}\Z",
    ),
    (
        re.compile(r"^(?!.*HH:MM)(?s:.*)\b(?:date|time|timestamp|when)\b", re.IGNORECASE),
        ("at", "date", "time", "timestamp", "on", "created", "modified", "until", "from", "till"),
        TIME,
    ),
    (
        re.compile(r"\b(?:DNS|host|domain) ?name\b|\bFQDN\b", re.IGNORECASE),
        ("name", "host", "dns"),
        _HOST,
    ),
    (re.compile(r"\bURLs?\b"), ("url", "uri", "urls", "endpoint"), _URL),
    (re.compile(r"\bCIDR\b"), ("cidr", "block", "blocks", "cidrs"), _NETWORK),
    (
        re.compile(r"\bIP(?:v[46])? address", re.IGNORECASE),
        ("ip", "address", "addresses", "ips"),
        _ADDRESS,
    ),
    (re.compile(r"\bavailability zones?\b|\bAZs?\b", re.IGNORECASE), ("zone", "zones"), _ZONE),
)
_CHOICES = re.compile(
    r"(?:valid|possible|allowed|supported)(?: \w+){0,2} (?:values?|states?|statuses|types?|options)"
    r"(?: \w+){0,3}(?: are| is|:| include)?:?((?:[\s,*-]*(?:or|and)?[\s,*-]*`[\w .:-]+`)+)",
    re.IGNORECASE,
)
_START = 160


@cache
def rules(name: str, text: str) -> frozenset[Rule]:
    """What a property's text says of its value; none where it tells no form."""
    last, both, start = words(name)[-1], "".join(words(name)[-2:]), text[:_START]
    found = {
        Rule(source=Source.TEXTS, pattern=pattern)
        for called, endings, pattern in _CALLED
        if {last, both} & set(endings) and called.search(start)
    }
    listed = _CHOICES.search(text)
    if listed is not None and len(choices := re.findall(r"`([^`]+)`", listed[1])) > 1:
        found.add(Rule(source=Source.TEXTS, choices=frozenset(choices)))
    if last in ("region", "regions"):
        found.add(Rule(source=Source.REGIONS, choices=regions()))
    return frozenset(found)
