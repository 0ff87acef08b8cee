"""Lets a pack's program start sooner; to be imported before anything else of the pack.

The engine waits for each pack, and the process lives for one preview or update. While its modules
load, looking for objects to free and for plugins of pydantic takes a seventh of the time, and finds
none.
"""

import gc
import os

gc.disable()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
