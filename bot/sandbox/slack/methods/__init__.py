"""The Web API's methods: what each needs, how often it may be called, and what it does."""
