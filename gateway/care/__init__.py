"""What customers hear of their tickets, what they are asked about them, and who is given them."""
