"""Waivers in the program's code: comments at a resource that excuse what a rule finds there."""
