"""What was not taken, its mending, and taking a run back."""
