"""A program below the project's folder: its modules, files and working directory are there."""

import sys
from pathlib import Path

import pulumi
from app.queues import make_queue

make_queue("jobs")
pulumi.export("text", Path("text.txt").read_text(encoding="utf-8"))
pulumi.export("folder", Path.cwd().name)
pulumi.export("arguments", len(sys.argv))
