"""The REST API for a vendor's own systems."""
