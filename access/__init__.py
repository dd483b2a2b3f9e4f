"""People, roles, log-in, sessions and permissions."""
