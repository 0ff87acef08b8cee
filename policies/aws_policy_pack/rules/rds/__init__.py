"""RDS: instances, Aurora clusters and what they are made of."""
