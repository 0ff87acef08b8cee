"""`python engine VERSION ADDRESS`: the language host, as its launcher in `bin` starts it."""

import sys

from language_host.host import main

sys.exit(main(version=sys.argv[1]))
