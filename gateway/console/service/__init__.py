"""Pages of the console about the service: roster, companies, incidents, ready replies, notifications."""
