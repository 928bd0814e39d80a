"""Database servers for the tests: found or started for one run, gone afterwards.

``binaries`` finds server programs, ``throwaway`` runs them, ``database`` keeps one clean database
with a user of its own in such a server, ``registry`` knows which servers a run uses, and ``plugin``
connects all that with pytest.  ``debian`` unpacks the server of another Debian suite into a folder.
"""
