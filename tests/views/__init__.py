"""One file per view, every one asking the same questions."""
