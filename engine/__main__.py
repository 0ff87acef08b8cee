"""`python engine LANGUAGE VERSION ADDRESS`: a host, as its launcher in `bin` starts it."""

import sys

from language_host.host import serve

language, version = sys.argv[1:3]
if language == "nodejs":
    from language_host.nodejs import NodeHost

    sys.exit(serve(NodeHost(version)))
else:
    from language_host.python import PythonHost

    sys.exit(serve(PythonHost(version)))
