"""The shelf of what a teacher does with an assignment: one file each, as the verbs'."""
