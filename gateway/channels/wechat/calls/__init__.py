"""Calls to WeChat's server: the access token, and what is asked of the account."""
