// What a callback may not do: take too long, or act on the world outside the program.
"use strict";

const childProcess = require("child_process");
const dgram = require("dgram");
const dns = require("dns");
const fs = require("fs");
const net = require("net");
const os = require("os");
const path = require("path");
const vm = require("vm");
const workers = require("worker_threads");
const { syncBuiltinESMExports } = require("module");
const { fileURLToPath } = require("url");

/** The functions of `fs` to the arguments that are changed. */
const WRITES = {
    appendFile: [0],
    chmod: [0],
    chown: [0],
    copyFile: [1],
    cp: [1],
    lchmod: [0],
    lchown: [0],
    link: [0, 1],
    lutimes: [0],
    mkdir: [0],
    mkdtemp: [0],
    rename: [0, 1],
    rm: [0],
    rmdir: [0],
    symlink: [1],
    truncate: [0],
    unlink: [0],
    utimes: [0],
    writeFile: [0],
};
const PROCESSES = ["execFileSync", "execSync", "spawnSync"];
const QUESTION = /^(?:lookup|resolve|reverse)/;

const MOST_FRAMES = 50;

/** Ends a callback that may not go on. */
class Stopped extends Error {
    constructor() {
        const limit = Error.stackTraceLimit;
        // The standard library stands between the action and the program.
        Error.stackTraceLimit = MOST_FRAMES;
        super("preflight ends a callback that may not do this");
        Error.stackTraceLimit = limit;
        this.name = "Stopped";
    }
}

/**
 * Lets `check` hear of each action outside the program: its kind, and what it is.
 *
 * Kinds are `process`, `network` and `write`. `own` are the addresses of preflight's own services.
 * What lies in the project's folder is not temporary, wherever that folder is.
 */
function guard(check, project, own) {
    guardProcesses(check);
    guardNetwork(check, own);
    guardFiles(check, project);
    syncBuiltinESMExports();
}

/** Calls `check` with a function's own arguments before each call of the function. */
function before(holder, name, check) {
    const act = holder[name];
    if (typeof act !== "function") {
        return;
    }
    const guarded = function (...values) {
        check(...values);
        return act.apply(this, values);
    };
    // Such as the ways in which `util.promisify` makes a promise of it.
    Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(act));
    holder[name] = guarded;
}

function guardProcesses(check) {
    const program = (command) => check("process", path.basename(words(command)[0] || "a program"));
    before(childProcess.ChildProcess.prototype, "spawn", (options) => program(started(options)));
    for (const name of PROCESSES) {
        before(childProcess, name, program);
    }
    workers.Worker = class Worker extends workers.Worker {
        constructor(file, options) {
            check("process", "a worker");
            super(file, options);
        }
    };
}

/** What a process runs; a shell runs what it is given. */
function started(options) {
    const [, flag, command] = options.args || [];
    return flag === "-c" && command ? command : options.file;
}

function words(command) {
    return String(command).trim().split(/\s+/);
}

function guardNetwork(check, own) {
    const connects = (address) => {
        if (!own.includes(address)) {
            check("network", address);
        }
    };
    before(net.Socket.prototype, "connect", (...values) => connects(addressOf(values)));
    before(net.Server.prototype, "listen", () => connects("a port that it opens"));
    before(dgram.Socket.prototype, "bind", () => connects("a port that it opens"));
    before(dgram.Socket.prototype, "send", () => connects("a datagram's receiver"));
    before(dgram.Socket.prototype, "connect", (port, host) => connects(`${host}:${port}`));
    for (const holder of [dns, dns.promises]) {
        for (const name of Object.keys(holder).filter((each) => QUESTION.test(each))) {
            before(holder, name, (host) => connects(String(host)));
        }
    }
}

/** The address of a connection, whose options the standard library hands on as an array. */
function addressOf(values) {
    const [given, host] = Array.isArray(values[0]) ? values[0] : values;
    if (given === null || typeof given !== "object") {
        return typeof given === "string" && Number.isNaN(Number(given))
            ? given
            : `${typeof host === "string" ? host : "localhost"}:${given}`;
    }
    return given.path || `${given.host || "localhost"}:${given.port}`;
}

function guardFiles(check, project) {
    const temporary = realOf(os.tmpdir());
    const root = realOf(project);
    const changed = (file) => {
        if (file === undefined || typeof file === "number" || typeof file.fd === "number") {
            // It was opened before.
            return;
        }
        const name = file instanceof URL ? fileURLToPath(file) : String(file);
        const real = realOf(path.resolve(name));
        const isTemporary = isWithin(real, temporary) && !isWithin(real, root);
        if (!isTemporary && !real.startsWith("/dev/")) {
            check("write", name);
        }
    };
    const opened = (file, flags) => {
        if (isWriting(flags)) {
            changed(file);
        }
    };
    for (const [holder, ends] of [[fs, ["", "Sync"]], [fs.promises, [""]]]) {
        for (const end of ends) {
            before(holder, `open${end}`, opened);
            for (const [name, changes] of Object.entries(WRITES)) {
                before(holder, name + end, (...values) =>
                    changes.forEach((index) => changed(values[index])),
                );
            }
        }
    }
}

/** A path without links; what does not exist yet lies in its folder, or where a link points. */
function realOf(file) {
    try {
        return fs.realpathSync(file);
    } catch {
        const folder = path.dirname(file);
        if (folder === file) {
            return file;
        }
        try {
            return realOf(path.resolve(folder, fs.readlinkSync(file)));
        } catch {
            return path.join(realOf(folder), path.basename(file));
        }
    }
}

function isWithin(file, folder) {
    return file === folder || file.startsWith(folder.replace(/\/$/, "") + path.sep);
}

function isWriting(flags) {
    if (typeof flags === "number") {
        const { O_APPEND, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;
        return (flags & (O_APPEND | O_CREAT | O_RDWR | O_TRUNC | O_WRONLY)) !== 0;
    }
    return typeof flags === "string" && /[aw+]/.test(flags);
}

const ACT = Symbol.for("preflight.act");
const CALL = new vm.Script('globalThis[Symbol.for("preflight.act")]()', { filename: __filename });
const OVERDUE = "ERR_SCRIPT_EXECUTION_TIMEOUT";

/** Calls a function, and ends it where it does not give its result, or a promise, in time. */
function within(seconds, act) {
    globalThis[ACT] = act;
    return CALL.runInThisContext({ timeout: Math.max(1, Math.round(seconds * 1000)) });
}

function isOverdue(error) {
    return Boolean(error) && error.code === OVERDUE;
}

module.exports = { Stopped, guard, isOverdue, within };
