"""What maintains the project: comparisons and generators that no package imports."""
