"""The product on one machine: Postgres and Valkey from wheels, and all processes."""
