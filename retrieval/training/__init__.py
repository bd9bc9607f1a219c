"""Training of the shipped sentence encoder: a table of token vectors, learned from openly licensed text.

`python -m retrieval.training --text DIR` makes a folder that sentence-transformers loads and
`retrieval.indexing.encoder.StaticEncoder` serves. The text itself is never part of this repository.
"""
