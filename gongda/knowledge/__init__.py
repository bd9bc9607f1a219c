"""The life of the knowledge base, put together: files and desk on one side, index builds on the other."""
