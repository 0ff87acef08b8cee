"""The code server's health check: `python -m dagster_app.code_server_check PORT`.

In the place of the port it takes the path of a Unix socket.

Dagster's own check asks whether the server answers. It does so with a password that the database
no longer takes, while no run can start.
"""

import sys

from dagster._grpc.client import DagsterGrpcClient

from dagster_app.claims import refuses
from dagster_app.settings import DatabaseSettings, load


def main(place: str) -> int:
    """Gives 0 where the code server can start runs, else 1 and says why."""
    client = (
        DagsterGrpcClient(port=int(place), host="127.0.0.1")
        if place.isdecimal()
        else DagsterGrpcClient(socket=place)
    )
    status = client.health_check_query()  # type: ignore[no-untyped-call] # Dagster's
    if status != "SERVING":
        sys.stderr.write(f"error: the code server at {place} does not answer: {status}\n")
        return 1
    if refuses(load(DatabaseSettings).url()):
        sys.stderr.write("error: the database refuses the password\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
