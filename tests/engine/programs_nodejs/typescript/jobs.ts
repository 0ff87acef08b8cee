import * as pulumi from "@pulumi/pulumi";
import * as aws from "../aws";

export interface JobsArgs {
    retries: number;
    names: pulumi.Input<string>[];
}

export class Jobs extends pulumi.ComponentResource {
    readonly urls: pulumi.Output<string>[];

    constructor(name: string, args: JobsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:index:Jobs", name, {}, opts);
        const dead = new aws.Queue(`${name}-dead`, {}, { parent: this });
        this.urls = args.names.map((each, index) => {
            const redrivePolicy = pulumi.jsonStringify({
                deadLetterTargetArn: dead.arn,
                maxReceiveCount: args.retries,
            });
            const own = { name: each, redrivePolicy };
            return new aws.Queue(`${name}-${index}`, own, { parent: this }).url;
        });
        this.registerOutputs({ urls: this.urls });
    }
}
