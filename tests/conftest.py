"""What holds for all tests: hypothesis takes no time, as a machine that is busy is no failure."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
