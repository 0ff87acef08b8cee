// Resources of AWS as the provider's SDK declares them; that SDK itself is some hundred megabytes.
"use strict";

const pulumi = require("@pulumi/pulumi");

function resource(type, ...outputs) {
    return class extends pulumi.CustomResource {
        static get(name, id, opts) {
            return new this(name, {}, { ...opts, id });
        }

        constructor(name, args = {}, opts = {}) {
            const unset = Object.fromEntries(outputs.map((output) => [output, undefined]));
            super(type, name, { ...unset, ...args }, opts);
        }
    };
}

class Provider extends pulumi.ProviderResource {
    constructor(name, { region, ...settings } = {}, opts = {}) {
        const texts = Object.entries(settings).map(([key, value]) => [
            key,
            pulumi.jsonStringify(value),
        ]);
        super("aws", name, { region, ...Object.fromEntries(texts) }, opts);
    }
}

const invoke = (token, args = {}, opts) => pulumi.runtime.invoke(token, args, opts);
const invokeOutput = (token, args = {}, opts) => pulumi.runtime.invokeOutput(token, args, opts);
const AT = {
    getAmi: "aws:ec2/getAmi:getAmi",
    getAvailabilityZones: "aws:index/getAvailabilityZones:getAvailabilityZones",
    getCallerIdentity: "aws:index/getCallerIdentity:getCallerIdentity",
    getPolicyDocument: "aws:iam/getPolicyDocument:getPolicyDocument",
    getQueue: "aws:sqs/getQueue:getQueue",
    getRegion: "aws:index/getRegion:getRegion",
    getVpc: "aws:ec2/getVpc:getVpc",
};

module.exports = {
    AT,
    Bucket: resource("aws:s3/bucket:Bucket", "arn", "bucket"),
    BucketObject: resource("aws:s3/bucketObjectv2:BucketObjectv2", "etag"),
    Function: resource("aws:lambda/function:Function", "arn"),
    Instance: resource("aws:ec2/instance:Instance", "arn", "privateIp"),
    LogGroup: resource("aws:cloudwatch/logGroup:LogGroup", "arn", "name"),
    Parameter: resource("aws:ssm/parameter:Parameter", "arn"),
    Provider,
    Queue: resource("aws:sqs/queue:Queue", "arn", "name", "url", "fifoQueue", "redrivePolicy"),
    QueuePolicy: resource("aws:sqs/queuePolicy:QueuePolicy"),
    Role: resource("aws:iam/role:Role", "arn", "name"),
    RolePolicy: resource("aws:iam/rolePolicy:RolePolicy", "name"),
    Secret: resource("aws:secretsmanager/secret:Secret", "arn"),
    SecretVersion: resource("aws:secretsmanager/secretVersion:SecretVersion", "arn"),
    SecurityGroup: resource("aws:ec2/securityGroup:SecurityGroup", "arn"),
    Subnet: resource("aws:ec2/subnet:Subnet", "arn"),
    Topic: resource("aws:sns/topic:Topic", "arn"),
    Vpc: resource("aws:ec2/vpc:Vpc", "arn", "cidrBlock"),
    invoke,
    invokeOutput,
};
