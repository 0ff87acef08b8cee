"""Tells whether a plain setting is a secret, by its name, its value and the texts inside."""
