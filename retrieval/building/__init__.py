"""Index builds on disk: made, extended, listed with their checksums, stored side by side."""
