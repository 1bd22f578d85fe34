import numpy as np
import pandas as pd


def load():
    prices = np.arange(12, dtype=np.float64).reshape(3, 4)  # @prices
    return pd.DataFrame(prices, columns=["spring", "summer", "autumn", "winter"])  # @frame


def add_shop(table):
    table = table.assign(shop=["north", "south", "north"])  # @assign
    return table  # @assigned


def best(row):
    season = row.drop("shop").astype(float).idxmax()  # @best
    return season


def main():
    table = add_shop(load())
    by_shop = table.groupby("shop").sum()  # @grouped
    total = float(by_shop.to_numpy().sum())  # @total
    seasons = table.apply(best, axis=1)  # @apply
    print(total, list(seasons), flush=True)  # @print


main()
