"""The tickets: the queue, one ticket with its conversation, and what is done with it."""
