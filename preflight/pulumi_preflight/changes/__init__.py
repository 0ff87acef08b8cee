"""What a change of a resource's inputs changes, and what of it replaces the resource."""
