<<<<<<< HEAD
"""The server: one package per feature, each with routes, service, store and rules."""
=======
"""The server: one package a feature, `app` puts them together."""
>>>>>>> tools
