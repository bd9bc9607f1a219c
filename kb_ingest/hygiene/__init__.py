"""What scraped Chinese pages suffer from, and its cure: repaired where that is certain, else taken out and listed."""
