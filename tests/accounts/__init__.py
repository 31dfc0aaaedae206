"""People: log-in, companies, invitations, languages."""
