"use strict";

const { PolicyPack } = require("@pulumi/policy");

const QUEUE = "aws:sqs/queue:Queue";

new PolicyPack("node-demo", {
    policies: [
        {
            name: "queue-is-fifo",
            description: "Queues keep their order.",
            enforcementLevel: "mandatory",
            severity: "high",
            validateResource: (args, report) => {
                if (args.type === QUEUE && !args.props.fifoQueue) {
                    const message = `${args.name}: fifoQueue is not set; wanted true. Set it.`;
                    report(message);
                    const found = { message, problem: "fifoQueue is not set", wanted: "true" };
                    const told = { policyFindings: 1, findings: [{ ...found, fix: "Set it." }] };
                    args.notApplicable(JSON.stringify(told));
                }
            },
        },
        {
            name: "redrive-policy-is-read",
            description: "The redrive policy is read.",
            enforcementLevel: "mandatory",
            validateResource: (args, report) => {
                if (args.type === QUEUE && args.props.redrivePolicy === "nothing") {
                    report("unreachable");
                }
            },
        },
        {
            name: "raises-for-bad",
            description: "Raises for one name.",
            enforcementLevel: "advisory",
            validateResource: (args) => {
                if (args.name === "bad") {
                    throw new Error("no such queue");
                }
            },
        },
        {
            name: "stack-is-small",
            description: "The stack is small.",
            enforcementLevel: "advisory",
            configSchema: { properties: { most: { type: "number", default: 1 } } },
            validateStack: (args, report) => {
                const { most } = args.getConfig();
                if (args.resources.length > most) {
                    report(`${args.resources.length} resources; wanted at most ${most}`);
                }
            },
        },
    ],
});
