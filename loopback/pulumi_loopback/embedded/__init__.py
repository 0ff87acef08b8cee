"""An AWS endpoint and a provider for it, for a machine with neither Docker nor plugin."""
