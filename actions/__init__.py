"""Rasa's custom actions: what to answer, what to put on a ticket. They decide and never write."""
