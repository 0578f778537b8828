"""Planning: pure functions over values that were read before."""
