"""What people type on the pages of a plan, turned into the fields of its entries."""
