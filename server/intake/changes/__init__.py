"""What a run would change, and changing it, school by school."""
