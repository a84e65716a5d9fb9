"""The teacher's side of assignments: handed out, collected, graded, given back; no student's code runs."""
