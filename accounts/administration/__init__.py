"""The pages on which programme admins look after companies, people and numbers."""
