"""What holds in PostgreSQL itself: two roles, the organizations' wall (row-level security), grants and functions.

`addresses.py` says as whom a process connects; `walls.py` brings the database to what is wanted after each `migrate`;
`functions.sql` has the functions through which the application role reaches the little that lies outside one
organization. docs/adr/0007 has the reasons.
"""
