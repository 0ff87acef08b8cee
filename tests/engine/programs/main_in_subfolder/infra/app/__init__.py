"""Modules of the program."""
