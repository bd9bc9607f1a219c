"""One module for each group of commands. Heavy imports stay inside the commands."""
