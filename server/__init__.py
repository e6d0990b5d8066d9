"""The server: one package a feature, `app` puts them together."""
