"""The verdict as text: one module for each value of `--format`."""
