"""Any RSS or Atom feed: discovered, read; what is answered there is handed to a person."""
