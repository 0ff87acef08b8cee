"""Findings over a folder of programs, before and after a change of the rules."""
