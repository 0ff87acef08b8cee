"use strict";

const fs = require("fs");
const os = require("os");
const path = require("path");
const { createHash, randomUUID } = require("crypto");

/** What the compiler asks of the system. */
const ASKED = ["fileExists", "directoryExists", "getDirectories", "readFile"];
const READ = "read-";
/** Beside files that a process made and has not told the reasons of. */
const OPEN = "open-";
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** The files that ts-node made of right ones, with all that these hang on. */
class Checked {
    constructor(folder, system) {
        this.folder = folder;
        this.system = Object.fromEntries(ASKED.map((name) => [name, system[name]]));
        this.known = new Set();
        this.fresh = [];
        this.mine = randomUUID();
    }

    /** Whether everything that was read then is the same now. */
    holds() {
        const names = fs.readdirSync(this.folder);
        if (names.some((name) => name.startsWith(OPEN))) {
            return false;
        }
        return names
            .filter((name) => name.startsWith(READ))
            .flatMap((name) => JSON.parse(fs.readFileSync(path.join(this.folder, name), "utf-8")))
            .every(([name, about, answer]) => {
                this.known.add(`${name} ${about}`);
                return this.answer(name, about) === answer;
            });
    }

    answer(name, about) {
        if (name !== "readFile") {
            return String(this.system[name](about));
        }
        const found = fs.statSync(about, { bigint: true, throwIfNoEntry: false });
        return found ? `${found.size} ${found.mtimeNs}` : "";
    }

    /** Keeps from now on what the compiler asks. */
    listen(system) {
        for (const name of ASKED) {
            system[name] = (about, ...more) => {
                const key = `${name} ${about}`;
                if (!this.known.has(key)) {
                    this.known.add(key);
                    this.add([name, about, this.answer(name, about)]);
                }
                return this.system[name](about, ...more);
            };
        }
        process.on("exit", () => this.close());
    }

    add(entry) {
        if (this.fresh.length === 0) {
            // A process that is killed has no time to tell.
            fs.writeFileSync(path.join(this.folder, OPEN + this.mine), "");
        }
        this.fresh.push(entry);
    }

    close() {
        if (this.fresh.length > 0) {
            const open = path.join(this.folder, OPEN + this.mine);
            fs.writeFileSync(open, JSON.stringify(this.fresh));
            fs.renameSync(open, path.join(this.folder, READ + this.mine));
        } else if (this.known.size === 0) {
            // The program has no TypeScript.
            fs.rmSync(path.dirname(this.folder), { recursive: true, force: true });
        }
    }
}

/** Files that still hold, or a folder for new ones; processes side by side never share new ones. */
function checkedFor(project, system) {
    const above = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    const name = createHash("sha256").update(project).digest("hex").slice(0, 16);
    const folder = path.join(above, "pulumi-preflight", "typescript", name);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const each of fs.readdirSync(folder)) {
        const checked = new Checked(path.join(folder, each), system);
        if (checked.holds()) {
            return checked;
        }
        if (Date.now() - fs.statSync(checked.folder).mtimeMs > DAY_MILLISECONDS) {
            fs.rmSync(checked.folder, { recursive: true, force: true });
        }
    }
    const checked = new Checked(path.join(folder, randomUUID()), system);
    fs.mkdirSync(checked.folder);
    return checked;
}

/**
 * Lets the ts-node that the SDK brings check types again once anything that they hang on changes.
 *
 * It keeps what it made of a right file by the text of that file alone. Newer ones keep nothing.
 */
function checkAgainWhereNeeded(tsNode, compiler) {
    const settings = tsNode.DEFAULTS || {};
    if (!settings.cache || settings.cacheDirectory) {
        return;
    }
    let checked;
    try {
        checked = checkedFor(process.cwd(), compiler.sys);
    } catch {
        // Without such a folder each run checks.
        settings.cache = false;
        return;
    }
    settings.cacheDirectory = checked.folder;
    checked.listen(compiler.sys);
}

module.exports = { checkAgainWhereNeeded };
