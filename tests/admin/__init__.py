"""The operators' site, every model of it."""
