"""Contacts: every attempt to reach a student's family."""
