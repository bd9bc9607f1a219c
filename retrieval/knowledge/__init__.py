"""Entries, the approved units of knowledge: reading them, their versions, links and drafts."""
