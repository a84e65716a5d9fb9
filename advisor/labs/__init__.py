"""The lecture's claims as experiments, one file each; see `advisor.demonstrations`."""
