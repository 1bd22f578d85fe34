import pytest


def total(basket):
    result = 0
    for name, price in basket.items():
        result += price  # @sum
    return result  # @result


def test_total(basket):
    assert total(basket) == 7  # @assert


@pytest.mark.parametrize("price", [1, 2, 3])
def test_each(basket, price):
    basket["plum"] = price  # @each
    assert total(basket) == 7 + price


def test_refusal():
    with pytest.raises(ValueError, match="invalid literal"):
        int("many")  # @raises


def test_wrong(basket):
    assert total(basket) == 8  # @wrong
