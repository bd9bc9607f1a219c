"""From questions that nobody answered to gaps: `clusters` gathers them; `retrieval.knowledge.drafts` begins the entry.

Pure: the desk keeps the questions, an editor writes the answers.
"""
