"""The order of work: verbs that read the world through ports and decide nothing themselves."""
