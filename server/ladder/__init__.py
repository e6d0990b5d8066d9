"""The ladder: from a student's absences to the step of the programme that they reach."""
