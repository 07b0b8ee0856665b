"""What Steelyard costs beside programs that do the same: `nox -s bench`. README.md says how to read it."""
