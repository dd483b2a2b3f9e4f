"""The overview: what is looked up for it, its charts, its sentences, and the cards it is made of."""
