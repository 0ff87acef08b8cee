import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A FIFO queue for jobs, and a queue for those that fail. */
export class JobQueue extends pulumi.ComponentResource {
    readonly url: pulumi.Output<string>;

    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("shop:index:JobQueue", name, {}, opts);
        const dead = new aws.sqs.Queue(`${name}-dead`, {}, { parent: this });
        const jobs = new aws.sqs.Queue(
            `${name}-jobs`,
            {
                name: "shop-jobs.fifo",
                fifoQueue: true,
                visibilityTimeoutSeconds: 120,
                redrivePolicy: pulumi.jsonStringify({
                    deadLetterTargetArn: dead.arn,
                    maxReceiveCount: 5,
                }),
            },
            { parent: this },
        );
        this.url = jobs.url;
        this.registerOutputs({ url: this.url });
    }
}
