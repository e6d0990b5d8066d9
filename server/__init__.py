"""The server: one package per feature, each with routes, service, store and rules."""
