"""The website widget's server side."""
