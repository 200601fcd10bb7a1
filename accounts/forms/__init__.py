"""What people type on the pages of log-in, sign-up and the account."""
