"""Changes of a program's files, offered only where they are certain.

`waiver` writes a waiver, `literals` a fix: `python` and `yaml` find the literal that it sets.
"""
