"""What goes out without having been asked just now: rows, their order, what is owed and promised, files."""
