"""What a callback means: words, things, presses, scans, comings and goings."""
