"""Columns to values: profiles, synonyms, dates, lines that say what a cell holds."""
