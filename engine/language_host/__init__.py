"""Pulumi's language hosts for Python and Node: run programs for an engine that was built here.

Pulumi's own hosts come with its downloads alone. These serve the same protocol (pulumi/pulumi,
proto/pulumi/language.proto): as much of it as running programs takes, for Python policy packs and
component plugins too, and `pulumi about`. They install nothing and generate no code.
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
