"""What the product costs, beside what the same machine can do at best."""
