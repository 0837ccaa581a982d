import pytest
from tests.edges.test_preferences import *
pytestmark = pytest.mark.django_db
def test_x(send, tab, janet):
    print(fields(tab.get(PAGE).content.decode()))
    print(problems(send(away_until=day(2))))
