"""What people can say to the bot: one table of verbs, from text to a Command and back."""
