"""What an editor should know about the knowledge base before it is published: one module per check, `run.lint` all."""
