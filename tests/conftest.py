"""How much Hypothesis tries: a little on every run, a lot at night.

`pytest --hypothesis-profile nightly` tries each rule on more than a thousand stacks.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", settings.get_profile("ci"), max_examples=1500)
settings.load_profile("ci")
