"""What the nox sessions call."""
