"""What programme admins change about companies, people and the rules' numbers.

Each change is made under a lock, only if nobody else was quicker, with a reason that
lands in the audit trail.
"""
