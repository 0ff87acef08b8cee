#!/usr/bin/env bash
# pulumi-yaml 1.25.0: a setting with the name of a resource keeps the resource from being made.
#
# A program declares two resources. Where the stack's file has a setting with the name of the first
# one (`shop:first`), the evaluator takes the setting for a node that is done, passes over the
# resource, and ends well. So `pulumi up` of a stack that had the resource deletes it, without a
# word of a reason. A setting that the program declares itself (`config:`) is refused there.
#
# Source: pkg/pulumiyaml/run.go, setIntermediates; pkg/pulumiyaml/sort.go.
# Seen with pulumi-yaml 1.25.0, pulumi 3.206.0, Go 1.26: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'END'
// Evaluates a program on the SDK's own mocks, and prints what is registered.
package main

import (
	"context"
	"fmt"
	"os"
	"sort"

	"github.com/pulumi/pulumi-yaml/pkg/pulumiyaml"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const program = `
name: shop
runtime: yaml
resources:
  first: {type: "demo:index:Box"}
  second: {type: "demo:index:Box"}
`

type monitor struct{ made []string }

func (m *monitor) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.made = append(m.made, args.Name)
	return args.Name, args.Inputs, nil
}

func (m *monitor) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// A package with one type.
type loader struct{ schema.ReferenceLoader }

func (loader) LoadPackageReferenceV2(
	context.Context, *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	found, err := schema.ImportSpec(schema.PackageSpec{
		Name: "demo", Version: "1.0.0",
		Resources: map[string]schema.ResourceSpec{"demo:index:Box": {}},
	}, nil, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	return found.Reference(), nil
}

func evaluated(settings resource.PropertyMap) (*monitor, error) {
	template, diagnostics, err := pulumiyaml.LoadYAMLBytes("Pulumi.yaml", []byte(program))
	if err != nil || diagnostics.HasErrors() {
		fmt.Println("the program is refused:", err, diagnostics)
		os.Exit(1)
	}
	seen := &monitor{}
	packages := pulumiyaml.NewPackageLoaderFromSchemaLoader(loader{})
	err = pulumi.RunErr(func(ctx *pulumi.Context) error {
		return pulumiyaml.RunTemplate(ctx, template, settings, packages)
	}, pulumi.WithMocks("shop", "dev", seen))
	sort.Strings(seen.made)
	return seen, err
}

func main() {
	for _, name := range []string{"shop:other", "shop:first"} {
		value := resource.NewStringProperty("a setting")
		seen, err := evaluated(resource.PropertyMap{resource.PropertyKey(name): value})
		fmt.Printf("with the setting %s: made %v, error %v\n", name, seen.made, err)
	}
}
END
{
    go mod init lost
    go get github.com/pulumi/pulumi-yaml@v1.25.0
    go mod tidy
} >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
go run . | tee "$folder/seen"

expected='with the setting shop:other: made [first second], error <nil>
with the setting shop:first: made [second], error <nil>'
[ "$(cat "$folder/seen")" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
echo "pulumi-yaml 1.25.0 still does so"
