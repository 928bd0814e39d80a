"""Where contenders are given the same work in turns, and their times are compared.

``databases`` has a database for each, ``teams`` says who takes part in what, ``contest`` runs the
rounds, ``bounds`` judges the ratios, ``sizes`` says how much work there is.  ``report`` and
``plots`` make the pages from what pytest-benchmark has stored.
"""
