"""The command line: one file per group of commands, each importing only what it needs."""
