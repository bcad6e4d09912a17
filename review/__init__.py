"""Literature scoping reviews: from one query definition to a PRISMA diagram in which every number opens."""

__version__ = "0.1.0"
