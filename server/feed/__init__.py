"""The feed: how features publish rows to phones, and what a phone still lacks."""
