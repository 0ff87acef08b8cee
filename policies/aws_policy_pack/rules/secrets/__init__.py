"""Rules about secrets: their values, and where they stand in the open."""
