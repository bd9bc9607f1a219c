"""The indexes over entries: codes, words, vectors; what is put in and how it is found."""
