"""What a stack costs: a dated price table, an estimate from resources to lines, and its report."""
