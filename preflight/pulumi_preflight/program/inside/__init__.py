"""What runs in the program's own interpreter, beside the program.

`runner` is started by path and loads the others as a package of another name, so that the program
never meets preflight's own modules. Nothing here imports the rest of preflight, or a newer Python
than the SDK asks for, since the interpreter is the program's.
"""
