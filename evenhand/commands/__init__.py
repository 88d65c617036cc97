"""One module a command: parse, validate, call, print."""
