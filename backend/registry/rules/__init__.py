"""What the registry decides, without a clock, a database or a file: codes of households, and what is wrong in a list."""
