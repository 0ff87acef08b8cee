import * as pulumi from "@pulumi/pulumi";

const size: number = new pulumi.Config().require("size");
export const sizes = [size];
