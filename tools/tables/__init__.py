"""What AWS makes of what a program leaves out: the tables that preflight fills outputs in by."""
