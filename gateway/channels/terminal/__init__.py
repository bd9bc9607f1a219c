"""The terminal: lines in, text out."""
