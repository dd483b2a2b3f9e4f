"""What stands around the dashboard: routes, middleware, the page guard, components, the supervisor."""
