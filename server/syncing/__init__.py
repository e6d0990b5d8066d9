"""Sync: takes mutations in, one transaction each, and tells phones what changed."""
