"""REST routers, one for each capability."""
