"""What becomes of edits made apart. Pure: no HTTP, no SQL, no clock, no chance."""
