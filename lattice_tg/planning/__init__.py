"""Pure functions that plan the changes from an existing target group to a desired state."""
