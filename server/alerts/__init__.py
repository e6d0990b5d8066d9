"""Alerts: what a person should hear of, and the phones it is pushed to."""
