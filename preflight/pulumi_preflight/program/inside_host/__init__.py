"""What runs programs of other languages in preflight's own Python: by a host, or compiled."""
