"""The API of people: tokens by name and password, and who I am."""
