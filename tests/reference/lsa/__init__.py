"""Twins of the LSA's hard pieces.

Stays and household types (section 3), time homeless (5), system use (6), exits (7).
"""
