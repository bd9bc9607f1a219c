"""The website widget: static files, and a fake gateway to try them with."""
