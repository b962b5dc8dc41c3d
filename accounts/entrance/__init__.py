"""How people come in: password, second factor, throttling, sessions, and being asked again.

finding.py    an account by its address, before anybody is known; throttling.py how many tries there are; devices.py the
browsers that an account knows; adapters.py and forms.py what allauth asks us; codes.py codes that serve once; sessions.py
their limits; middleware.py what holds for every request; kept.py forms whose session ended; passwords.py new passwords.
"""
