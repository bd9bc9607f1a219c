"""What a build learns from questions: which candidate leads, and how sure an answer is."""
