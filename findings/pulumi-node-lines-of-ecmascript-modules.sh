#!/usr/bin/env bash
# @pulumi/pulumi 3.248.0 on Node: resources of a program in ECMAScript modules have no place.
#
# The SDK tells the engine where a resource is made. It reads a frame of a stack only where the
# place stands in parentheses. At the top of a module, frames have none. Inside of a function the
# frame of an ECMAScript module names a URL, which the SDK takes for a path below the working
# directory. The same program as a CommonJS module is told right.
#
# Source: sdk/nodejs/resource.ts, framePositionRegExp and stackTrace.
# Seen with @pulumi/pulumi 3.248.0 on Node 20: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @pulumi/pulumi@3.248.0 > /dev/null
cat >monitor.js <<'END'
// A monitor that answers each registration, and prints the place that came with it.
const grpc = require("@grpc/grpc-js");
const { ResourceMonitorService } = require("@pulumi/pulumi/proto/resource_grpc_pb");
const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb");
const resource = require("@pulumi/pulumi/proto/resource_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { spawn } = require("child_process");

const server = new grpc.Server();
const empty = (_, done) => done(null, new Empty());
server.addService(EngineService, { log: empty });
server.addService(ResourceMonitorService, {
    supportsFeature: (_, done) => done(null, new resource.SupportsFeatureResponse()),
    registerResourceOutputs: empty,
    signalAndWaitForShutdown: empty,
    registerResource: ({ request }, done) => {
        if (request.getType() === "shop:index:Box") {
            const place = request.getSourceposition();
            const uri = place ? place.getUri() : "";
            const kind = uri.includes("/file:/") ? "a URL within a path" : "a file";
            console.log(`${request.getName()}: ${place ? kind : "no place"}`);
        }
        const answer = new resource.RegisterResourceResponse();
        answer.setUrn(`urn:pulumi:dev::shop::${request.getType()}::${request.getName()}`);
        answer.setObject(request.getObject());
        done(null, answer);
    },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) => {
    const run = require.resolve("@pulumi/pulumi/cmd/run");
    const address = `127.0.0.1:${port}`;
    const child = spawn(process.execPath, [
        run,
        ...["--monitor", address, "--engine", address, "--project", "shop", "--stack", "dev"],
        ...["--organization", "o", "--pwd", process.argv[2], "--dry-run", "--parallel", "4", "."],
    ], { cwd: process.argv[2], stdio: ["ignore", "ignore", "inherit"] });
    child.on("exit", () => process.exit());
});
END
program='class Box extends pulumi.ComponentResource {
  constructor(name) { super("shop:index:Box", name); }
}
new Box("top");
const make = () => new Box("inside");
make();'

mkdir commonjs ecmascript
printf 'const pulumi = require("@pulumi/pulumi");\n%s\n' "$program" >commonjs/index.js
printf 'import * as pulumi from "@pulumi/pulumi";\n%s\n' "$program" >ecmascript/index.js
echo '{"type": "commonjs"}' >commonjs/package.json
echo '{"type": "module"}' >ecmascript/package.json
for kind in commonjs ecmascript; do
    echo "$kind:"
    node monitor.js "$folder/$kind" | sort
done > "$folder/seen"
expected='commonjs:
inside: a file
top: a file
ecmascript:
inside: a URL within a path
top: no place'
cat "$folder/seen"
[ "$(cat "$folder/seen")" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
