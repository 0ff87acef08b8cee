import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { JobQueue } from "./queue";

const queue = new JobQueue("orders");

const group = new aws.ec2.SecurityGroup("database-access", {
    ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }],
});
const database = new aws.rds.Instance("database", {
    engine: "postgres",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    username: "shop",
    password: "correct-horse-battery",
    publiclyAccessible: true,
    storageEncrypted: true,
    vpcSecurityGroupIds: [group.id],
});

const trust = aws.iam.assumeRolePolicyForPrincipal({ Service: "ecs-tasks.amazonaws.com" });
const execution = new aws.iam.Role("execution", { assumeRolePolicy: trust });
const cluster = new aws.ecs.Cluster("cluster");
const logs = new aws.cloudwatch.LogGroup("logs", { retentionInDays: 14 });
const environment = [
    { name: "QUEUE_URL", value: queue.url },
    { name: "DATABASE_HOST", value: database.address },
    { name: "DATABASE_PASSWORD", value: "correct-horse-battery" },
];
const task = new aws.ecs.TaskDefinition("worker-task", {
    family: "worker",
    cpu: "256",
    memory: "4096",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    executionRoleArn: execution.arn,
    containerDefinitions: pulumi.jsonStringify([
        {
            name: "worker",
            image: "public.ecr.aws/docker/library/python:3.13",
            essential: true,
            environment,
            logConfiguration: {
                logDriver: "awslogs",
                options: {
                    "awslogs-group": logs.name,
                    "awslogs-region": "eu-west-1",
                    "awslogs-stream-prefix": "worker",
                },
            },
        },
    ]),
});
new aws.ecs.Service("worker", {
    cluster: cluster.arn,
    taskDefinition: task.arn,
    launchType: "FARGATE",
    desiredCount: 60,
    networkConfiguration: { subnets: ["subnet-0a1b2c3d4e5f60718"] },
});

export const queueUrl = queue.url;
