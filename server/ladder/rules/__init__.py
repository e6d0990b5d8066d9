"""Pure: from days and deeds to the steps that a student has reached."""
