"""People: who they are, how they log in, and the tokens and cookies that say so."""
