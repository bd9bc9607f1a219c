"""One folder for each channel, its fake beside it."""
