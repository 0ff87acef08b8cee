#!/usr/bin/env bash
# @pulumi/pulumi 3.248.0: a type error in a file that has not changed itself is not seen again.
#
# Where no ts-node is installed, the SDK uses the one that it brings, version 7.0.1. This ts-node
# keeps what it made of a checked file below the system's folder for temporary files, and finds it
# again by the text of this file alone. Where an imported file has changed its types since, nothing
# is checked again. A machine whose folder is empty, such as one of CI, stops at the error.
#
# Source: sdk/nodejs/vendor/ts-node@7.0.1, getCacheName and readThrough; sdk/nodejs/cmd/run/run.ts.
# Seen with @pulumi/pulumi 3.248.0, typescript 5.9.3 on Node 20: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts \
    @pulumi/pulumi@3.248.0 typescript@5.9.3 > /dev/null
cat >run.js <<'END'
// Runs the program against services that take everything; tells the first error, or that all is well.
const grpc = require("@grpc/grpc-js");
const { ResourceMonitorService } = require("@pulumi/pulumi/proto/resource_grpc_pb");
const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb");
const resource = require("@pulumi/pulumi/proto/resource_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { spawn } = require("child_process");

let told = "well";
const empty = (_, done) => done(null, new Empty());
const log = ({ request }, done) => {
    const error = /index\.ts\(\d+,\d+\): error TS\d+/.exec(request.getMessage());
    told = error ? error[0] : told;
    done(null, new Empty());
};
const server = new grpc.Server();
server.addService(EngineService, { log });
server.addService(ResourceMonitorService, {
    supportsFeature: (_, done) => done(null, new resource.SupportsFeatureResponse()),
    registerResourceOutputs: empty,
    signalAndWaitForShutdown: empty,
    registerResource: ({ request }, done) => {
        const answer = new resource.RegisterResourceResponse();
        answer.setUrn(`urn:pulumi:dev::shop::${request.getType()}::${request.getName()}`);
        done(null, answer);
    },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) => {
    const address = `127.0.0.1:${port}`;
    const child = spawn(process.execPath, [
        require.resolve("@pulumi/pulumi/cmd/run"),
        ...["--monitor", address, "--engine", address, "--project", "shop", "--stack", "dev"],
        ...["--organization", "o", "--pwd", process.cwd(), "--dry-run", "--parallel", "4", "."],
    ], { stdio: "ignore", env: { ...process.env, PULUMI_NODEJS_TYPESCRIPT: "true" } });
    child.on("exit", () => {
        console.log(told);
        process.exit();
    });
});
END
echo 'import { days } from "./settings";
export const kept: number = days;' >index.ts
mkdir one another
seen() {
    echo "$1: $(TMPDIR="$folder/$2" node run.js)"
}
{
    echo 'export const days = 7;' >settings.ts
    seen "a number" one
    echo 'export const days = "a week";' >settings.ts
    seen "a text, on the same machine" one
    seen "a text, on another machine" another
} >"$folder/seen"
expected='a number: well
a text, on the same machine: well
a text, on another machine: index.ts(2,14): error TS2322'
cat "$folder/seen"
[ "$(cat "$folder/seen")" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
