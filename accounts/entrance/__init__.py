"""How people come in: password, second factor, throttling, sessions, and being asked again.

finding.py     an account by its address, before anybody is known
throttling.py  how many tries there are, and who is counted together; devices.py: the browsers that an account knows
adapters.py    what allauth asks us; forms.py its forms in our words
codes.py       codes that serve once, and secrets as they are stored
sessions.py    limits of sessions, and which one has what; middleware.py what holds for every request
kept.py        forms whose session ended; passwords.py new passwords; notices.py mails that something was changed
"""
