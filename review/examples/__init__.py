"""The bundled example, and the demonstration that runs the whole job on it."""
