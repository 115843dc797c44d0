"""Pages and fragments. Functions, one module per noun."""
