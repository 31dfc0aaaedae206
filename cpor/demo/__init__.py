"""Fictional companies, customers and claims, for trying the product out."""
