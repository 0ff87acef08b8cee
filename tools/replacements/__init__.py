"""Which properties of AWS's types force a replacement: the table of the rehearsal provider."""
