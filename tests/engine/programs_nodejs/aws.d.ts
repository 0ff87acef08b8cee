import * as pulumi from "@pulumi/pulumi";

declare class Resource extends pulumi.CustomResource {
    readonly arn: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
    readonly url: pulumi.Output<string>;

    constructor(name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions);
}

export declare class Queue extends Resource {}
export declare class Topic extends Resource {}
