"""Backup and restore: verified copies, what they make durable, and lives of the database."""
