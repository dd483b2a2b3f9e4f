"""WordPress: its comment feeds, and its interface (REST) for reading with an account, replying and looking again."""
