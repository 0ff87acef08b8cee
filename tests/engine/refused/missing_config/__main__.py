"""A setting that nobody made."""

import pulumi

pulumi.Config().require("size")
