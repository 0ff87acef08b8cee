"""The process that stands between preflight and a language host; `runner` is started by path."""
