"""Judges a project anew whenever something that its verdict rests on is saved: `--watch`.

`places` says what that is, `watcher` tells what was saved there, `contents` whether that is
something new, and `session` goes round. The package `watchfiles` is an extra, which `watcher` alone
imports.
"""
