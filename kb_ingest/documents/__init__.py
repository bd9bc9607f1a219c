"""The bytes of a vendor's files -> Documents, within limits and in a child process."""
