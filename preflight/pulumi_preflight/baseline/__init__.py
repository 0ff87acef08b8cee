"""Baselines: the findings of a stack that are known, so that only new ones fail a run."""
