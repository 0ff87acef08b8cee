"""Runs a command where nothing but the loopback exists, and counts what tried to leave.

Started as `unshare --net --map-root-user python isolated.py COMMAND...`: the new network namespace
has one interface, the loopback, and no route. Linux counts each packet and each connection that
finds no route (`OutNoRoutes` in /proc/net/snmp, RFC 2011 ipOutNoRoutes), so an attempt that the
program swallows is seen as well. The count is printed last, on a line of its own.
"""

import fcntl
import socket
import struct
import subprocess
import sys
from pathlib import Path

SIOCSIFFLAGS = 0x8914  # linux/sockios.h: set an interface's flags
IFF_UP_RUNNING = 0x41  # linux/if.h: IFF_UP | IFF_RUNNING


def loopback_up() -> None:
    """A new network namespace starts with its loopback down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", IFF_UP_RUNNING)
        fcntl.ioctl(control, SIOCSIFFLAGS, request)


def attempts_to_leave() -> int:
    """Packets and connections of this namespace, IPv4 and IPv6, that found no route."""
    lines = Path("/proc/self/net/snmp").read_text(encoding="ascii").splitlines()
    names, values = (line.split()[1:] for line in lines if line.startswith("Ip:"))
    version_6 = dict(
        line.split() for line in Path("/proc/self/net/snmp6").read_text("ascii").splitlines()
    )
    version_4 = dict(zip(names, values, strict=True))
    return int(version_4["OutNoRoutes"]) + int(version_6["Ip6OutNoRoutes"])


def main(command: list[str]) -> int:
    """Runs the command and prints the count."""
    loopback_up()
    before = attempts_to_leave()
    status = subprocess.run(command, check=False).returncode
    sys.stdout.write(f"\n{attempts_to_leave() - before}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
