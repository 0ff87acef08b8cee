// Runs a Pulumi program on the program's own SDK, as Pulumi's language host for Node does.
//
// Started with the number of an inherited socket as its last argument, over which it reads its
// settings and reports how the program ended: one JSON object a line. docs/runtimes.md has the
// protocol.
"use strict";

const fs = require("fs");
const net = require("net");
const path = require("path");
const util = require("util");
const { fileURLToPath } = require("url");

const MOST_ERRORS = 5;
const MOST_FRAMES = 50;
const RUN = "@pulumi/pulumi/cmd/run";

/** The socket to preflight. */
class Channel {
    constructor(number) {
        this.number = number;
    }

    /** Waits for one message; nothing else runs meanwhile. */
    receive() {
        const bytes = [];
        const byte = Buffer.alloc(1);
        while (fs.readSync(this.number, byte, 0, 1, null) === 1 && byte[0] !== 10) {
            bytes.push(byte[0]);
        }
        return JSON.parse(Buffer.from(bytes).toString());
    }

    /** Answers what preflight asks of the SDK, until the program ends. */
    answer() {
        const socket = new net.Socket({ fd: this.number, readable: true, writable: false });
        socket.on("error", () => {});
        socket.on("data", (data) => {
            for (const byte of data) {
                if (byte === 10) {
                    this.send({ answer: { failed: "the SDK for Node tells no types" } });
                }
            }
        });
        // The program ends when it has nothing more to do.
        socket.unref();
    }

    /** Writes one message, also in a process that is about to end. */
    send(message) {
        let left = Buffer.from(JSON.stringify(message) + "\n");
        while (left.length > 0) {
            try {
                left = left.subarray(fs.writeSync(this.number, left));
            } catch (error) {
                if (error.code !== "EAGAIN") {
                    return;
                }
            }
        }
    }
}

/** The errors that nobody caught, each once. */
class Errors {
    constructor() {
        this.seen = [];
        const keep = (error) => this.keep(error);
        process.on("uncaughtException", keep);
        process.on("unhandledRejection", keep);
    }

    keep(error) {
        if (!this.seen.includes(error)) {
            this.seen.push(error);
        }
    }

    /** The first error and those behind it. */
    told() {
        const told = [];
        let error = this.seen[0];
        while (error !== undefined && error !== null && told.length < MOST_ERRORS) {
            told.push(described(error));
            error = error instanceof Error ? error.cause : undefined;
        }
        return told;
    }
}

function described(error) {
    const isError = error instanceof Error;
    // A compiler's error says where it is in its own words, and its frames are the compiler's.
    const isOfGrammar = isError && (error.name === "TSError" || error instanceof SyntaxError);
    return {
        type: isError ? error.name : typeof error,
        text: isOfGrammar ? ofGrammar(error) : String(isError ? error.message : error),
        deliberate: Boolean(error && error.__pulumiRunError) || isOfGrammar,
        frames: isError && !isOfGrammar ? framesOf(error) : [],
        file: null,
        line: null,
    };
}

/** All that a compiler says: the place, which stands above the message, and the message. */
function ofGrammar(error) {
    const stack = String(error.stack || "");
    const end = stack.indexOf(error.message);
    const said = end < 0 ? error.message : stack.slice(0, end) + error.message;
    return said.replace(/^(?:TSError|SyntaxError): /, "");
}

/** The frames of an error in files, the innermost last. */
function framesOf(error) {
    const frames = [];
    for (const line of String(error.stack || "").split("\n")) {
        const found = /^\s*at (?:(.*?) \()?((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/.exec(line);
        if (found && frames.length < MOST_FRAMES) {
            const file = found[2].startsWith("file:") ? fileURLToPath(found[2]) : found[2];
            const number = Number(found[3]);
            const name = (found[1] || "").replace(/^(?:async )?(?:Object\.<anonymous>$)?/, "");
            frames.push({ file, line: number, function: name, text: lineOf(file, number) });
        }
    }
    return frames.reverse();
}

function lineOf(file, number) {
    try {
        return (fs.readFileSync(file, "utf-8").split("\n")[number - 1] || "").trim();
    } catch {
        return "";
    }
}

/**
 * Shows errors without colours from here on, as the SDK does before it ends.
 *
 * Node 20 does not come back from colouring some lines of a stack.
 */
function showErrorsPlainly() {
    const inspect = util.inspect;
    const plain = (value, options, ...more) =>
        value instanceof Error && options && options.colors
            ? inspect(value, { ...options, colors: false })
            : inspect(value, options, ...more);
    util.inspect = Object.defineProperties(plain, Object.getOwnPropertyDescriptors(inspect));
}

/** The SDK of the program, not of this file. */
function located(folder) {
    return require.resolve(RUN, { paths: [folder] });
}

function main() {
    const channel = new Channel(Number(process.argv.pop()));
    const settings = channel.receive();
    let run;
    try {
        run = located(process.cwd());
    } catch (error) {
        channel.send({ ended: "no SDK", text: String(error.message).split("\n")[0] });
        process.exit(1);
    }
    channel.answer();
    const sdk = settings.sdk;
    const entry = path.relative(process.cwd(), settings.program) || ".";
    process.argv = [
        process.argv[0],
        run,
        ...["--monitor", sdk.monitor, "--engine", sdk.engine, "--organization", sdk.organization],
        ...["--project", sdk.project, "--root-directory", sdk.root_directory, "--stack", sdk.stack],
        ...["--pwd", process.cwd(), "--dry-run", "--parallel", String(sdk.parallel), entry],
    ];
    showErrorsPlainly();
    const errors = new Errors();
    require(run);
    // The SDK's own listener, which comes first, turns the code of an error into one of its own.
    process.on("exit", (given) => {
        const code = process.exitCode || given;
        const told = errors.told();
        if (code === 0) {
            channel.send({ ended: "well" });
        } else if (told.length > 0) {
            channel.send({ ended: "raised", errors: told, functions: [] });
        } else {
            channel.send({ ended: "exit", code: String(code), frames: [], functions: [] });
        }
    });
}

main();
