"""Bytes to tables: folders, archives, workbooks, text, within limits."""
