"""What the processes say to each other: decisions out of the engine, the context of a turn into it.

Standard library only, so that both Pythons run the same code; `decisions.schema.json` and
`turn.schema.json` beside it are what the tests of both Pythons hold it against.
"""
