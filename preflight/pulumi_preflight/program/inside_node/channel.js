"use strict";

const fs = require("fs");
const net = require("net");

const CHUNK = 64 * 1024;
const TURN_MILLISECONDS = 0.2;
/** The SDKs for Node tell no types, and the package of each call is there. */
const ANSWERS = { position: [], package: true };
const UNTOLD = { failed: "the SDK for Node tells no types" };

/** The socket to preflight: one JSON object a line, both ways. */
class Channel {
    /** Takes over an inherited socket. */
    constructor(number) {
        this.number = number;
        this.rest = Buffer.alloc(0);
        this.chunk = Buffer.alloc(CHUNK);
        this.turn = new Int32Array(new SharedArrayBuffer(4));
    }

    /** Waits for one message; nothing else runs meanwhile. Ends the process where nobody is left. */
    receive() {
        for (;;) {
            const message = this.next();
            if (message !== undefined) {
                return message;
            }
            const count = this.read();
            if (count === 0) {
                process.reallyExit(1);
            }
            this.rest = Buffer.concat([this.rest, this.chunk.subarray(0, count)]);
        }
    }

    /** Asks preflight something that it answers at once, and waits for the answer. */
    ask(question) {
        this.send({ asks: question });
        for (;;) {
            const message = this.receive();
            if ("told" in message) {
                // What came with it would wait for the next event.
                this.answerAll();
                return message.told;
            }
            this.answer(message);
        }
    }

    /** Answers what preflight asks while the program waits for something. */
    listen() {
        const socket = new net.Socket({ fd: this.number, readable: true, writable: false });
        socket.on("error", () => {});
        socket.on("data", (data) => {
            this.rest = Buffer.concat([this.rest, data]);
            this.answerAll();
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
                this.wait();
            }
        }
    }

    answerAll() {
        for (let message = this.next(); message !== undefined; message = this.next()) {
            this.answer(message);
        }
    }

    answer(message) {
        this.send({ answer: message.ask in ANSWERS ? ANSWERS[message.ask] : UNTOLD });
    }

    /** The next whole message of those that were read. */
    next() {
        const end = this.rest.indexOf(10);
        if (end < 0) {
            return undefined;
        }
        const line = this.rest.subarray(0, end);
        this.rest = this.rest.subarray(end + 1);
        return JSON.parse(line.toString());
    }

    read() {
        for (;;) {
            try {
                return fs.readSync(this.number, this.chunk, 0, CHUNK, null);
            } catch (error) {
                if (error.code !== "EAGAIN") {
                    return 0;
                }
                this.wait();
            }
        }
    }

    wait() {
        Atomics.wait(this.turn, 0, 0, TURN_MILLISECONDS);
    }
}

module.exports = { Channel };
