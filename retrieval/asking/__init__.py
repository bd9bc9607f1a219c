"""One question: evidence, features, decision, explanation."""
