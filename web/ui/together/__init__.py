"""Working on one case with others: who has it and who is looking, notes, tasks, and questions to experts."""
