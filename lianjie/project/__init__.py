"""Settings, URLs, start-up checks and the command line.

settings.py   read once from the environment, typed, failing with the variable's name
checks.py     start-up checks: keys, fonts, database
urls.py       the addresses
cli.py        `lianjie`: each command makes one call into an action
"""
