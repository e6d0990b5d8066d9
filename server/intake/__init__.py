"""Intake: reads a district's files, checks all of them, then commits school by school."""
