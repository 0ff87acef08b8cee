"""Speaks the Language Server Protocol to editors: `preflight lsp`.

`settings` has what an editor may set, `trust` what may run, `judging` the runs of one project,
`judged` what is known after one. `diagnostics`, `hovers` and `actions` show that, `edits` change a
file; `texts` knows the lines of files that are being edited. `server` speaks the protocol. The
packages `pygls` and `lsprotocol` are an extra, which `command` imports last.
"""
