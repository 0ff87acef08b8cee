"""Policies, roles and users: who may do what, on which resources."""
