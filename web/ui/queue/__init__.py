"""The queue: its views and filters, its list, and the case or comment that is open."""
