"""What pages are made of: reading blocks, lists, charts, and the words around them."""
