"""Nothing but a file to pack."""
