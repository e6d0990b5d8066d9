"""What is said of a step, in English and in Spanish."""
