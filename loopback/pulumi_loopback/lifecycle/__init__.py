"""What is done to a stack as a whole: previewed, deployed, destroyed, reset."""
