"""The state of a stack: where it is, copies of it, and its repair."""
