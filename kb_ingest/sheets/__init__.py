"""Tables whose columns say what they hold -> entries, and every mistake with its file, sheet and row."""
