"""Invented interviews and invented coders: plain Python, seeded, without rows or clock."""
