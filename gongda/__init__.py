"""The composition root: the command line, settings, supervision and the worker."""
