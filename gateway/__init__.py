"""The only process that faces the network: channels, turns, console, API."""
