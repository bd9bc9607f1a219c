"""Command-line tools of the engine's side, started as `python -m bot.tools.NAME` in the 3.10 environment.

Each prints one JSON document (`understand`: one a line) and nothing else; logs go to standard error.
`lines` and `measures` need no Rasa and are used from the 3.11 side too.
"""
