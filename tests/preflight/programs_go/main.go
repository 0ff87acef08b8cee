// A queue, and a callback on what only a deployment tells.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

type queue struct {
	pulumi.CustomResourceState

	Arn pulumi.StringOutput `pulumi:"arn"`
}

// The SDK takes the caller of such a function for the resource's place, as in generated code.
func newQueue(ctx *pulumi.Context, name string) (*queue, error) {
	var made queue
	args := pulumi.Map{"fifoQueue": pulumi.Bool(true)}
	err := ctx.RegisterResource("aws:sqs/queue:Queue", name, args, &made)
	return &made, err
}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		name := config.Require(ctx, "name")
		if name == "none" {
			return fmt.Errorf("there is no queue")
		}
		made, err := newQueue(ctx, name)
		if err != nil {
			return err
		}
		made.Arn.ApplyT(func(arn string) string {
			fmt.Println("ran")
			return arn
		})
		ctx.Export("arn", made.Arn)
		return nil
	})
}
