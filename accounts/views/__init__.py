"""The pages of log-in, sign-up, log-out and the account."""
