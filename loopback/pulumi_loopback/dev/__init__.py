"""The system on one machine without Docker: a database and the programs of the images."""
