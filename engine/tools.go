//go:build tools

// Package tools names what is built here, so that go.mod and go.sum hold all that it needs.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
