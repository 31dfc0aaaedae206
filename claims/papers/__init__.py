"""Papers made of a claim: the PoE form and the receipt, as PDF (ADR 0013)."""
