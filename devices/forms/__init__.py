"""The forms of the device pages and of the admin; each ends in the call of a rule."""
