// Runs the program's `apply` callbacks; one that cannot work with a made-up value gives none.
//
// In the engine's preview such a callback does not run, and its result is unknown. Here it runs, so
// that rules see more. Where it raises, takes too long, or would start a process, connect or write,
// its result becomes unknown as in the preview, and the program goes on. Preflight says whether a
// value is unknown in a preview, and notes what happened.
"use strict";

const { AsyncLocalStorage } = require("async_hooks");
const { Stopped, guard, isOverdue, within } = require("./bounds");
const { framesOf, messageOf } = require("./frames");
const { Property } = require("./origins");

const LONGEST_VALUE = 10000;
/** Node's timers take no longer time. */
const MOST_SECONDS = 2 ** 31 / 1000 - 1;
const LATE = Symbol("late");

/** One run of a callback. */
class Callback {
    /** Takes what runs, on what, what the value was made of, and where code made it run. */
    constructor({ func, value, origin, at }, around) {
        Object.assign(this, { func, value, origin, at, around });
        this.stopped = false;
    }

    /** All that the value comes from, and that of the callbacks around. */
    sources() {
        const outer = this.around === undefined ? [] : this.around.sources();
        return [...this.origin.sources(), ...outer];
    }

    /** What preflight is asked: what happened where, and what the value comes from. */
    question(what, text, frames) {
        const sources = this.sources();
        return {
            what,
            text,
            frames: [...framesOf(this.at), ...frames],
            properties: sources.filter(isProperty).map((source) => source.told()),
            functions: sources.filter((each) => !isProperty(each)).map((source) => source.token),
            value: asJson(this.value),
        };
    }
}

/** The callbacks of one program. */
class Callbacks {
    /** Takes the bounds of callbacks, the way to preflight, and the addresses of its services. */
    constructor(settings, ask, own) {
        this.seconds = Math.min(settings.seconds, MOST_SECONDS);
        this.allowed = new Set(settings.allow);
        this.ask = ask;
        this.running = new AsyncLocalStorage();
        this.slow = new Set();
        this.known = new Map();
        guard((kind, text) => this.check(kind, text), settings.project, own);
        this.keepTheProcess();
        this.keepWhatGoesOn();
    }

    /** Runs a callback of `apply`; gives what the callback gives, or the SDK's unknown value. */
    run(given) {
        const around = this.running.getStore();
        if (around === undefined && !given.origin.isFilledIn()) {
            return settled(given.origin, given.func(given.value));
        }
        const callback = new Callback(given, around);
        const waiting = callback.sources().filter((each) => isProperty(each) && !each.told()[0]);
        if (waiting.length > 0) {
            const all = waiting.map((source) => source.resource.urn.promise());
            return Promise.all(all).then(() => this.bounded(callback, given));
        }
        return this.bounded(callback, given);
    }

    bounded(callback, { func, value, origin, at, unknown }) {
        if (!this.isUnknown(callback)) {
            return settled(origin, func(value));
        }
        if (at === undefined) {
            // The SDK's own, which acts on nothing; a part that is not there may be there in truth.
            const part = func(value);
            return part === undefined ? unknown : settled(origin, part);
        }
        // The same code would take as long again.
        if (this.slow.size > 0 && this.slow.has(String(func))) {
            return this.overdue(callback, unknown);
        }
        const end = (result) => {
            if (result === LATE) {
                return this.overdue(callback, unknown);
            }
            return callback.stopped || result === undefined ? unknown : settled(origin, result);
        };
        const fail = (error) => {
            if (isOverdue(error)) {
                return this.overdue(callback, unknown);
            }
            if (!callback.stopped) {
                this.note(callback, "raised", said(error), framesOf(error));
            }
            return unknown;
        };
        try {
            const result = within(this.seconds, () => this.running.run(callback, func, value));
            return isPromise(result) ? this.awaited(result).then(end, fail) : end(result);
        } catch (error) {
            return fail(error);
        }
    }

    /** What a promise gives in time. */
    awaited(promise) {
        let timer;
        const late = new Promise((resolve) => {
            timer = setTimeout(resolve, this.seconds * 1000, LATE);
        });
        return Promise.race([promise, late]).finally(() => clearTimeout(timer));
    }

    overdue(callback, unknown) {
        this.slow.add(String(callback.func));
        this.note(callback, "overdue", `${this.seconds} s`, []);
        callback.stopped = true;
        return unknown;
    }

    /** Whether a callback's value is unknown in a preview; preflight notes nothing yet. */
    isUnknown(callback) {
        const sources = callback.sources();
        const properties = sources.filter(isProperty);
        return (
            properties.some((source) => this.isUnknownProperty(callback, source)) ||
            (sources.length > properties.length && this.ask(callback.question("unknown", "", [])))
        );
    }

    /** Whether a property is unknown in a preview, which stays as it is. */
    isUnknownProperty(callback, source) {
        if (!this.known.has(source)) {
            this.known.set(source, this.ask(onlyOf(callback, source)));
        }
        return this.known.get(source);
    }

    note(callback, what, text, frames) {
        this.ask(callback.question(what, text, frames));
    }

    /** Stops a callback that does what it may not. */
    check(kind, text) {
        const callback = this.running.getStore();
        if (callback === undefined || this.allowed.has(kind)) {
            return;
        }
        this.stop(callback, kind, text);
    }

    stop(callback, what, text) {
        const stopped = new Stopped();
        if (!callback.stopped) {
            callback.stopped = true;
            this.note(callback, what, text, framesOf(stopped));
        }
        throw stopped;
    }

    /** Lets no callback end the program. */
    keepTheProcess() {
        const exit = process.exit;
        process.exit = (code) => {
            const callback = this.running.getStore();
            if (callback !== undefined) {
                this.stop(callback, "raised", `process.exit(${code ?? ""})`);
            }
            exit(code);
        };
    }

    /** Lets nothing that a callback left running end the program. */
    keepWhatGoesOn() {
        const emit = process.emit;
        const isOfCallback = (error) => {
            const callback = this.running.getStore();
            if (callback !== undefined && !callback.stopped && !isStop(error)) {
                callback.stopped = true;
                this.note(callback, "raised", said(error), framesOf(error));
            }
            return callback !== undefined || isStop(error);
        };
        process.emit = function (event, error, ...more) {
            const isEnd = event === "uncaughtException" || event === "unhandledRejection";
            return (isEnd && isOfCallback(error)) || emit.call(this, event, error, ...more);
        };
    }
}

/** Whether an error is preflight's own; the standard library may put another one before it. */
function isStop(error) {
    return error instanceof Stopped || (error instanceof Error && isStop(error.cause));
}

/** Lets an origin learn what a callback gave, now or later. */
function settled(origin, result) {
    const settle = (value) => {
        origin.settle(value);
        return value;
    };
    return isPromise(result) ? Promise.resolve(result).then(settle) : settle(result);
}

function onlyOf(callback, source) {
    return { ...callback.question("unknown", "", []), properties: [source.told()], functions: [] };
}

function isProperty(source) {
    return source instanceof Property;
}

function isPromise(value) {
    return Boolean(value) && typeof value.then === "function";
}

function said(error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : messageOf(error);
}

function asJson(value) {
    try {
        const text = JSON.stringify(value);
        return text === undefined || text.length > LONGEST_VALUE ? null : value;
    } catch {
        return null;
    }
}

module.exports = { Callbacks };
