"""Rasa graph components: thin adapters around pure functions of `zhtext`."""
