"""Names: unique, within AWS's limits, telling the environment; and the tags that go with them."""
