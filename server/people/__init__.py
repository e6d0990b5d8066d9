"""People: schools, students, their guardians and how to reach them."""
