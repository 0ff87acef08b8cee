"""Answers agents over the Model Context Protocol: `preflight mcp`.

`arguments` has what a tool may be asked, `answers` the shapes of what it says, `tools` the tools,
`roots` the folders inside which they may run anything, `server` the protocol. The package `mcp` is
an extra, which `server` alone imports.
"""
