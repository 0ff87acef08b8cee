import * as pulumi from "@pulumi/pulumi";
import * as aws from "../aws";
import { Jobs } from "./jobs";

const topic = new aws.Topic("orders", {});
const jobs = new Jobs("jobs", {
    retries: 50,
    names: ["plain", pulumi.interpolate`after-${topic.id}`],
});

export const urls = jobs.urls;
export const first: pulumi.Output<string> = jobs.urls[0].apply((url) => url.toUpperCase());
