"""PRISMA 2020: counts, consistency checks, the flow diagram and its interchange file."""
