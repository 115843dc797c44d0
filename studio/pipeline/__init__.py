"""Where rows meet the outside world: one module per act."""
