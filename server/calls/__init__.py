"""The tracked call list: families to be called, and who has taken which."""
