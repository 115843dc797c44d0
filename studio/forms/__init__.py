"""What a person or program may ask for; the same forms for pages, shell and API."""
