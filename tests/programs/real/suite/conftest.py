import pytest


@pytest.fixture
def basket():
    basket = {"apple": 3, "pear": 4}  # @fixture
    yield basket
    basket.clear()  # @teardown
