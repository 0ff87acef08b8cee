"""Security groups and VPCs: what is open, to whom, and what is recorded."""
