// Where the value of each of the program's Outputs comes from, down to the property.
//
// The SDK keeps which resources an Output depends on, but not which of their properties. Here each
// Output carries what it was made of, so that a callback that fails can name the property of a
// resource, or the function, that its value comes from. A program may load several copies of the
// SDK; each is followed when its files are loaded.
"use strict";

const Module = require("module");
const path = require("path");
const { AsyncLocalStorage } = require("async_hooks");
const { pathToFileURL } = require("url");
const { placesOf } = require("./frames");

const ORIGIN = Symbol.for("preflight.origin");
/** The one part of an answer that nobody knows. */
const UNKNOWN_PART = "preflight: unknown";
/** Outputs may be made of each other in very many ways. */
const MOST_WAYS = 200;
const MOST_PLACES = 32;
const CONSTRUCTORS = 3;
const SDK = path.join("node_modules", "@pulumi", "pulumi") + path.sep;
/** What makes one Output of others, besides `apply`. */
const MAKERS = [
    ...["output", "all", "secret", "unsecret", "concat", "interpolate"],
    ...["jsonStringify", "jsonParse"],
];

/** A property of a resource. */
class Property {
    /** Takes the resource, its type and name, and the property. */
    constructor(resource, type, name, property) {
        Object.assign(this, { resource, type, name, property });
    }

    /** The resource's URN, and the property; the URN is empty until the resource has one. */
    told() {
        return [urns.get(this.resource) || "", this.property];
    }

    /** The resource's type and name, and the property: its URN may not be known yet. */
    toldEarly() {
        return [this.type, this.name, this.property];
    }
}

/** A provider's function. */
class FunctionAnswer {
    /** Takes the function's token. */
    constructor(token) {
        this.token = token;
    }

    /** The function's token. */
    toldEarly() {
        return [this.token];
    }
}

/** What an Output was made of: a source, other Outputs, or both. */
class OutputOrigin {
    /** Takes what the Output was made of, and where code of the program made it of that. */
    constructor(parents, source, at) {
        this.parents = parents;
        this.source = source;
        this.at = at;
        this.filledIn = source !== undefined;
    }

    /** Whether code of the program made it of its parents; the SDK's own shows what it took. */
    get byCode() {
        if (typeof this.at !== "boolean") {
            const [caller] = this.at === undefined ? [] : placesOf(this.at);
            this.at = caller !== undefined && !caller.file.includes(SDK);
        }
        return this.at;
    }

    /** All sources that the value comes from, the nearest first. */
    sources() {
        const waiting = [this];
        const seen = new Set(waiting);
        const found = [];
        for (const origin of waiting) {
            if (origin.source !== undefined) {
                found.push(origin.source);
            }
            for (const parent of origin.parents) {
                if (!seen.has(parent)) {
                    seen.add(parent);
                    waiting.push(parent);
                }
            }
        }
        return found;
    }

    /** Each way to a source, and whether code of the program stands on it. */
    ways() {
        const waiting = [[this, this.byCode]];
        const found = [];
        for (let step = 0; step < MOST_WAYS && waiting.length > 0; step += 1) {
            const [origin, byCode] = waiting.pop();
            if (origin.source !== undefined) {
                found.push([origin.source, byCode]);
            }
            for (const parent of origin.parents) {
                waiting.push([parent, byCode || parent.byCode]);
            }
        }
        return found;
    }

    /** Whether the value comes from any source. */
    isFilledIn() {
        const waiting = [this];
        const seen = new Set(waiting);
        while (waiting.length > 0 && !this.filledIn) {
            const origin = waiting.pop();
            this.filledIn = origin.filledIn;
            for (const parent of origin.parents) {
                if (!seen.has(parent)) {
                    seen.add(parent);
                    waiting.push(parent);
                }
            }
        }
        return this.filledIn;
    }

    /** Takes over what a callback gave; forgets what leads to no source. */
    settle(result) {
        const origin = originOf(result);
        if (origin !== undefined) {
            this.parents = [...this.parents, origin];
        }
        if (!this.isFilledIn()) {
            this.parents = [];
        }
    }
}

/** The URN of each resource that has one. */
const urns = new WeakMap();

/** What a value was made of, if it is an Output and not the program's own value. */
function originOf(value) {
    return isOutput(value) ? value[ORIGIN] : undefined;
}

function isOutput(value) {
    return Boolean(value) && typeof value === "object" && value.__pulumiOutput === true;
}

/** The origins of all Outputs inside a value, which may contain itself. */
function originsIn(value, seen = new Set()) {
    if (isOutput(value)) {
        const origin = value[ORIGIN];
        return origin === undefined ? [] : [origin];
    }
    if (value === null || typeof value !== "object" || seen.has(value)) {
        return [];
    }
    seen.add(value);
    // A resource is not made of its properties.
    if (value.__pulumiResource === true) {
        return [];
    }
    return Object.values(value).flatMap((inner) => originsIn(inner, seen));
}

function setOrigin(output, origin) {
    Object.defineProperty(output, ORIGIN, { value: origin, configurable: true });
}

/**
 * Lets each Output carry its origin from now on; to be called before the SDK is loaded.
 *
 * `run` runs each callback of `apply`. `called` is told of each function that is called for a plain
 * answer, and where. `handedOn` is told of each resource that gets an answer as an Output, or what
 * code made of an Output, before it is registered.
 */
function follow(run, called, handedOn) {
    const calling = new AsyncLocalStorage();
    const followed = {
        [path.join(SDK, "output.js")]: (loaded) => followOutputs(loaded, run),
        [path.join(SDK, "runtime", "resource.js")]: (loaded) => followResources(loaded, handedOn),
        [path.join(SDK, "runtime", "invoke.js")]: (loaded, file) =>
            followFunctions(loaded, path.join(path.dirname(file), "..", "output"), called, calling),
        [path.join(SDK, "runtime", "settings.js")]: (loaded, file) =>
            sendPlaces(loaded, path.join(path.dirname(file), "..", "proto", "source_pb"), calling),
    };
    const files = Object.keys(followed);
    const load = Module._extensions[".js"];
    Module._extensions[".js"] = (module, file) => {
        load(module, file);
        const found = files.find((name) => file.endsWith(name));
        if (found !== undefined) {
            followed[found](module.exports, file);
        }
    };
}

function followOutputs(loaded, run) {
    const { unknown } = loaded;
    const { prototype } = loaded.Output;
    const { apply } = prototype;
    prototype.apply = function followed(func, runWithUnknowns) {
        const own = this[ORIGIN];
        // The SDK alone runs callbacks with unknown values, as for `output.key`.
        const at = runWithUnknowns ? undefined : here();
        const origin = new OutputOrigin(own === undefined ? [] : [own], undefined, at);
        const result = apply.call(
            this,
            (value) => run({ func, value: orUnknown(value, unknown), origin, at, unknown }),
            runWithUnknowns,
        );
        setOrigin(result, origin);
        return result;
    };
    // Older SDKs have fewer.
    for (const name of MAKERS.filter((each) => each in loaded)) {
        const make = loaded[name];
        loaded[name] = (...values) => {
            const result = make(...values);
            const origins = originsIn(values);
            if (origins.length > 0) {
                setOrigin(result, new OutputOrigin(origins));
            }
            return result;
        };
    }
}

/** Where the program calls; an error's stack is made a text only when somebody reads it. */
function here() {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = MOST_PLACES;
    try {
        return new Error();
    } finally {
        Error.stackTraceLimit = limit;
    }
}

function followResources(loaded, handedOn) {
    const { registerResource, readResource } = loaded;
    loaded.registerResource = (resource, parent, type, name, custom, remote, make, props, ...more) => {
        if (custom) {
            tellSources(type, name, props, handedOn);
        }
        const rest = placed(...more);
        registerResource(resource, parent, type, name, custom, remote, make, props, ...rest);
        if (custom) {
            followProperties(resource, type, name, props);
        }
    };
    loaded.readResource = (resource, parent, type, name, props, ...more) => {
        tellSources(type, name, props, handedOn);
        readResource(resource, parent, type, name, props, ...placed(...more));
        followProperties(resource, type, name, props);
    };
}

/** The place of a resource, which the SDK does not read in a module of ECMAScript. */
function placed(opts, position, trace, ...more) {
    if (position !== undefined) {
        return [opts, position, trace, ...more];
    }
    // Before the program's own line stand the constructors of the SDK and of the resource's class.
    const places = placesOf(here()).slice(CONSTRUCTORS);
    const own = places.map(({ file, line }) => ({ uri: pathToFileURL(file).href, line, column: 0 }));
    return [opts, own[0], own, ...more];
}

function followProperties(resource, type, name, props) {
    // Whoever reads the URN hears of the error.
    resource.urn.promise().then((urn) => urns.set(resource, urn), () => {});
    for (const [property, value] of Object.entries(resource)) {
        if (isOutput(value) && property !== "urn") {
            const source = new Property(resource, type, name, property);
            setOrigin(value, new OutputOrigin(originsIn(props[property]), source));
        }
    }
}

/** Tells which answers come to a resource, and what code of the program worked on, by property. */
function tellSources(type, name, props, handedOn) {
    const functions = {};
    const workedOn = {};
    for (const [property, value] of Object.entries(props)) {
        const origins = originsIn(value).filter((origin) => origin.isFilledIn());
        const tokens = origins
            .flatMap((origin) => origin.sources())
            .filter((source) => source instanceof FunctionAnswer)
            .map((source) => source.token);
        const ways = origins.flatMap((origin) => origin.ways());
        const counted = new Map();
        for (const [source] of ways) {
            counted.set(source, (counted.get(source) || 0) + 1);
        }
        const made = new Set(ways.filter(([, byCode]) => byCode).map(([source]) => source));
        if (tokens.length > 0) {
            functions[property] = tokens;
        }
        if (made.size > 0) {
            workedOn[property] = [...made].map((each) => [counted.get(each), ...each.toldEarly()]);
        }
    }
    if (Object.keys(functions).length > 0 || Object.keys(workedOn).length > 0) {
        handedOn(type, name, functions, workedOn);
    }
}

function followFunctions(loaded, outputs, called, calling) {
    const all = ["invoke", "invokeSingle", "invokeOutput", "invokeSingleOutput"];
    // Older SDKs have fewer.
    for (const name of all.filter((each) => each in loaded)) {
        const invoke = loaded[name];
        loaded[name] = (token, props, ...more) => {
            const at = here();
            const answer = calling.run(at, () => invoke(token, props, ...more));
            if (isOutput(answer)) {
                setOrigin(answer, new OutputOrigin(originsIn(props), new FunctionAnswer(token)));
                return answer;
            }
            called(token, at);
            return answer.then((value) => orUnknown(value, require(outputs).unknown));
        };
    }
}

/** An answer; of one that nobody knows each part is the SDK's unknown value. */
function orUnknown(value, unknown) {
    if (!value || value[UNKNOWN_PART] !== unknown) {
        return value;
    }
    const isPart = (name) => typeof name === "string" && name !== "then" && !name.startsWith("__");
    return new Proxy({}, { get: (_, name) => (isPart(name) ? unknown : undefined) });
}

/** Lets requests of calls tell where the program calls, as those of resources do. */
function sendPlaces(loaded, source, calling) {
    const { getMonitor } = loaded;
    const placed = new WeakSet();
    loaded.getMonitor = () => {
        const monitor = getMonitor();
        if (monitor && !placed.has(monitor)) {
            placed.add(monitor);
            const { invoke } = monitor;
            monitor.invoke = (request, ...more) => {
                const at = calling.getStore();
                // Older SDKs have no place for it.
                if (at !== undefined && request.setStacktrace) {
                    request.setStacktrace(traceOf(at, require(source)));
                }
                return invoke.call(monitor, request, ...more);
            };
        }
        return monitor;
    };
}

function traceOf(at, { SourcePosition, StackFrame, StackTrace }) {
    const trace = new StackTrace();
    for (const place of placesOf(at)) {
        const position = new SourcePosition();
        position.setUri(pathToFileURL(place.file).href);
        position.setLine(place.line);
        const frame = new StackFrame();
        frame.setPc(position);
        trace.addFrames(frame);
    }
    return trace;
}

module.exports = { Property, follow };
