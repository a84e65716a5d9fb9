"""The verbs of the command line, one file each: ORDER, TITLE, `add` and `run`."""
