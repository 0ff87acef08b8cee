"""Caps on what a stack may cost: counts, sizes, classes, and the money itself."""
