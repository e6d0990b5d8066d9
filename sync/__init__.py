"""What becomes of edits that were made apart: pure rules, no clock, no disk, no network."""
