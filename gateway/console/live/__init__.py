"""What is new, as soon as it is: streams of server-sent events for agents, and the same as JSON for those who poll."""
