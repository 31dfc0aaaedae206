"""The pages on which programme admins look after catalogue, customers, calendars."""
