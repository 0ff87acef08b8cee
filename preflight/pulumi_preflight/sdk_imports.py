"""The lock under which a thread imports the SDK's messages while another may do the same.

The SDK's modules import each other in circles. Two threads that enter a circle at two places wait
for each other; Python notices, and raises in one of them.
"""

from threading import Lock

ONE_AT_A_TIME = Lock()
