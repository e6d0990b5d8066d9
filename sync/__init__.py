<<<<<<< HEAD
"""What becomes of edits made apart. Pure: no HTTP, no SQL, no clock, no chance."""
=======
"""What becomes of edits that were made apart: pure rules, no clock, no disk, no network."""
>>>>>>> tools
