"""One module for each version; what is released is never edited."""
