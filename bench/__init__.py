"""`make bench`: how fast the portal is, as ratios within one run, and what a page costs in queries and requests."""
