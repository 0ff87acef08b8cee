// Runs a Pulumi program on the program's own SDK, as Pulumi's language host for Node does.
//
// Started with the number of an inherited socket as its last argument, over which it reads its
// settings and reports how the program ended: one JSON object a line. docs/runtimes.md has the
// protocol.
"use strict";

const { createRequire } = require("module");
const path = require("path");
const util = require("util");
const { Callbacks } = require("./callbacks");
const { Channel } = require("./channel");
const { checkAgainWhereNeeded } = require("./checks");
const { framesOf, messageOf, placesOf } = require("./frames");
const { follow } = require("./origins");

const MOST_ERRORS = 5;
/** No answer brings these about. */
const OWN_MISTAKES = [ReferenceError];
const LIBRARIES = `${path.sep}node_modules${path.sep}`;
const OF_COMPILER = /\(\d+,\d+\): error TS\d+: /;
const TOLD_ALREADY = 32;
const NO_MODULE = "MODULE_NOT_FOUND";
const SDK = "@pulumi/pulumi";

/** The errors that nobody caught, each once. */
class Errors {
    constructor() {
        this.seen = [];
        this.calls = [];
        const keep = (error) => this.keep(error);
        process.on("uncaughtException", keep);
        process.on("unhandledRejection", keep);
    }

    keep(error) {
        if (!this.seen.includes(error)) {
            this.seen.push(error);
        }
    }

    /** Keeps a call of a function for a plain answer, of which an error may come. */
    called(token, at) {
        this.calls.push({ token, at });
    }

    /** How the program ended, by its exit code. */
    end(code) {
        const told = this.told();
        if (told.length > 0 && code !== 0) {
            return { ended: "raised", errors: told, functions: this.functions() };
        }
        // Preflight has heard of the error that the SDK ended with.
        if (code === 0 || code === TOLD_ALREADY) {
            return { ended: "well" };
        }
        return { ended: "exit", code: String(code), frames: [], functions: this.functions() };
    }

    /** The functions that the first error may come of, each with its places. */
    functions() {
        const error = this.seen[0];
        const isOwn = OWN_MISTAKES.some((kind) => error instanceof kind) || isOfGrammar(error);
        if (isOwn || (error && error.code === NO_MODULE)) {
            return [];
        }
        const lines = new Set(placesOf(error).map(({ file, line }) => `${file}:${line}`));
        return this.calls.map(({ token, at }) => {
            const places = placesOf(at).map(({ file, line }) => [file, line]);
            const own = places.find(([file]) => !file.includes(LIBRARIES)) || [];
            return { function: token, places, certain: lines.has(own.join(":")) };
        });
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
    // A compiler's error says where it is in its own words, and its frames are the compiler's. What
    // compiles modules of ECMAScript hands it on from a thread, as an object without a class.
    const isGrammar = isOfGrammar(error);
    const isOfThread = !isError && OF_COMPILER.test(messageOf(error));
    return {
        type: isError ? error.name : typeof error,
        text: isGrammar ? ofGrammar(error) : messageOf(error),
        deliberate: Boolean(error && error.__pulumiRunError) || isGrammar || isOfThread,
        frames: isError && !isGrammar ? framesOf(error) : [],
        file: null,
        line: null,
    };
}

/**
 * Whether an error is one of a file that cannot be compiled, and not of a text such as JSON.
 *
 * The stack of such an error begins with the place, or has none.
 */
function isOfGrammar(error) {
    if (!(error instanceof SyntaxError)) {
        return error instanceof Error && error.name === "TSError";
    }
    return !String(error.stack).startsWith(error.name) || placesOf(error).length === 0;
}

/** All that a compiler says: the place, which stands above the message, and the message. */
function ofGrammar(error) {
    const stack = String(error.stack || "");
    const end = stack.indexOf(error.message);
    const said = end < 0 ? error.message : stack.slice(0, end) + error.message;
    return said.replace(/^(?:TSError|SyntaxError): /, "");
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

/** The SDK of the program, not of this file, if this Node can run it. */
function located(folder) {
    const found = { paths: [folder] };
    const { version, engines } = require(require.resolve(`${SDK}/package.json`, found));
    const wanted = /^>=\s*(\d+)/.exec((engines && engines.node) || "");
    if (wanted && Number(process.versions.node.split(".")[0]) < Number(wanted[1])) {
        const { execPath, version: own } = process;
        throw new Error(
            `${SDK} ${version} needs Node ${wanted[1]} or later, and ${execPath} is ${own}; ` +
                `install a newer Node, or an older ${SDK} that runs on ${own}`,
        );
    }
    return require.resolve(`${SDK}/cmd/run`, found);
}

/**
 * Loads what the program will load, while preflight's own start goes on.
 *
 * The SDK reads its settings when it is loaded, so what sets them is given back.
 */
function preload(folder) {
    const resolve = (name) => require.resolve(`${SDK}/${name}`, { paths: [folder] });
    let state;
    try {
        state = require(resolve("runtime/state"));
        require(resolve(""));
        // Nobody sees the lines for debugging, of which the SDK sends three for a resource.
        require(resolve("log")).debug = () => Promise.resolve();
        if (process.env.PULUMI_NODEJS_TYPESCRIPT === "true") {
            const found = require(resolve("tsutils")).typeScriptRequireStrings();
            const ofSdk = createRequire(resolve("tsutils"));
            checkAgainWhereNeeded(ofSdk(found.tsnodeRequire), ofSdk(found.typescriptRequire));
        }
    } catch {
        // Older SDKs have other parts, and each tells itself of what is missing.
    }
    return (sdk) => {
        if (state && state.getStore) {
            Object.assign(state.getStore().settings.options, {
                dryRun: sdk.dry_run,
                engineAddr: sdk.engine,
                monitorAddr: sdk.monitor,
                organization: sdk.organization,
                parallel: sdk.parallel,
                project: sdk.project,
                rootDirectory: sdk.root_directory,
                stack: sdk.stack,
            });
        }
    };
}

/** Acts on an event of the process after all listeners, some of which set the exit code. */
function afterAll(event, act) {
    const emit = process.emit;
    process.emit = function (emitted, ...values) {
        const heard = emit.call(this, emitted, ...values);
        if (emitted === event) {
            act(...values);
        }
        return heard;
    };
}

function main() {
    const channel = new Channel(Number(process.argv.pop()));
    const ask = (question) => channel.ask(question);
    const errors = new Errors();
    let callbacks;
    follow(
        (given) => callbacks.run(given),
        (token, at) => errors.called(token, at),
        (type, name, functions, workedOn) =>
            ask({ what: "handed on", type, name, functions, workedOn }),
    );
    showErrorsPlainly();
    let run;
    try {
        run = located(process.cwd());
    } catch (error) {
        const [text] = error.message.split("\n");
        const told = { ...described(error), text, deliberate: true };
        channel.send({ ended: "raised", errors: [told], functions: [] });
        process.exit(1);
    }
    const configure = preload(process.cwd());
    const settings = channel.receive();
    channel.listen();
    const sdk = settings.sdk;
    configure(sdk);
    callbacks = new Callbacks(settings.callbacks, ask, [sdk.monitor, sdk.engine]);
    const entry = path.relative(process.cwd(), settings.program) || ".";
    process.argv = [
        process.argv[0],
        run,
        ...["--monitor", sdk.monitor, "--engine", sdk.engine, "--organization", sdk.organization],
        ...["--project", sdk.project, "--root-directory", sdk.root_directory, "--stack", sdk.stack],
        ...["--pwd", process.cwd(), "--dry-run", "--parallel", String(sdk.parallel), entry],
    ];
    afterAll("exit", (given) => channel.send(errors.end(process.exitCode || given)));
    require(run);
}

main();
