"""The coordinator's and the clerk's desk: reading only; writing goes through sync."""
