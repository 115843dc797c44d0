"""What a person or program may ask for; the same forms for pages and shell."""
