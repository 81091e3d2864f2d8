"""Accounts of users: signing in and out, the second step, sessions, and what is written down of them.

Who a user is and what they may do is `access`; here is how they prove it. No tables of its own: accounts are
`access.User`, second steps and sessions are django-allauth's, failed tries django-axes's.
"""
