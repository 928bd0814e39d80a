"""Going back: plans of what has to change, and how they are carried out."""
