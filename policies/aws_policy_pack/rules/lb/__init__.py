"""Load balancers, their listeners and their target groups."""
