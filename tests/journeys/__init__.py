import pytest

# Their assertions, too, shall say what they compared.
pytest.register_assert_rewrite("tests.journeys.person", "tests.journeys.walking")
