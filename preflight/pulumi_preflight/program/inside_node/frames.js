"use strict";

const fs = require("fs");
const { fileURLToPath } = require("url");
const { inspect } = require("util");

const MOST_FRAMES = 50;
/** Maps of sources give files with one slash. */
const FRAME = /^\s*at (?:(.*?) \()?((?:file:(?:\/\/)?)?\/.*?):(\d+):\d+\)?$/;
/** What names the top of a module, or of an asynchronous function. */
const UNNAMED = /^(?:async )?(?:Object\.<anonymous>$)?/;

/** The places of an error in files, the innermost first; those of preflight are left out. */
function placesOf(error) {
    const places = [];
    for (const text of String((error && error.stack) || "").split("\n")) {
        const found = FRAME.exec(text);
        if (found && places.length < MOST_FRAMES) {
            const isUrl = found[2].startsWith("file:");
            const file = isUrl ? fileURLToPath(new URL(found[2])) : found[2];
            if (!file.startsWith(__dirname)) {
                const name = (found[1] || "").replace(UNNAMED, "");
                places.push({ file, line: Number(found[3]), function: name });
            }
        }
    }
    return places;
}

/** The places of an error, each with the text of its line, the innermost last. */
function framesOf(error) {
    return placesOf(error)
        .map((place) => ({ ...place, text: lineOf(place.file, place.line) }))
        .reverse();
}

/** What an error says; any value may be thrown, and some have no text. */
function messageOf(error) {
    const text = error !== null && typeof error === "object" ? error.message : error;
    return typeof text === "string" ? text : inspect(error, { colors: false, depth: 1 });
}

function lineOf(file, number) {
    try {
        return (fs.readFileSync(file, "utf-8").split("\n")[number - 1] || "").trim();
    } catch {
        return "";
    }
}

module.exports = { framesOf, messageOf, placesOf };
