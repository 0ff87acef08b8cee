"""Pulumi's language host for Python: runs programs and plugins for an engine that was built here.

Pulumi's own host comes with its downloads alone. This one serves the same protocol
(pulumi/pulumi, proto/pulumi/language.proto): as much of it as running programs, policy packs and
component plugins takes, and `pulumi about`. It makes no environment and generates no code.
"""

# States and schemas are large. The engine itself allows this much: sdk/go/common/util/rpcutil.
# Every server is on the loopback, and a proxy of the user's does not reach that.
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),
    # gRPC lets a second server listen on a server's port, and each gets calls of the other.
    ("grpc.so_reuseport", 0),
)
