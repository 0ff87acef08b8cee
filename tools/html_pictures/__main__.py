"""`nox -s pictures`: writes the pictures of the HTML report into docs/pictures."""

import sys

from pulumi_loopback.errors import CommandError, exit_with
from tools import browser
from tools.html_pictures import ALL, MOST_BYTES, PICTURES, taken


def main() -> int:
    """Writes all pictures.

    Raises:
        CommandError: There is no browser, or a picture is too large for a page of the docs.
    """
    path = browser.find()
    if path is None:
        raise CommandError(f"none of {', '.join(browser.NAMES)} is on PATH; install one of them")
    PICTURES.mkdir(exist_ok=True)
    with browser.started(path) as running:
        for picture in ALL:
            image = taken(picture, running)
            file = PICTURES / f"report-{picture.name}.webp"
            if len(image) > MOST_BYTES:
                raise CommandError(f"{file.name} has {len(image):,} bytes; wanted {MOST_BYTES:,}")
            file.write_bytes(image)
            sys.stdout.write(f"wrote {file.name}: {len(image):,} bytes\n")
    return 0


if __name__ == "__main__":
    exit_with(main)
