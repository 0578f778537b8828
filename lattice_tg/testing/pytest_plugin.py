"""The pytest fixture ``vpc_lattice``."""
