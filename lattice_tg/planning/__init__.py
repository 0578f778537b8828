"""Pure functions that compare a desired state with an existing target group and plan the changes."""
