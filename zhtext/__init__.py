"""Pure functions on Chinese text: the only code, beside `contract`, that runs in both Pythons."""
