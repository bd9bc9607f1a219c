"""Question sets, measurements, side-by-side runs with peers."""
