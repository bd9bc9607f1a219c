"""Errors of reading dialogues.

Exception
└── BadDialogue          a file, a key or a value that cannot be meant; names the file, the dialogue and the remedy
"""

from __future__ import annotations


class BadDialogue(Exception):
    """One Chinese sentence for the person who wrote the file."""
