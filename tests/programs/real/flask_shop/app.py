import os
import signal

from flask import Flask, render_template

app = Flask(__name__)


class Item:
    def __init__(self, name, price):
        self.name = name
        self.price = price

    def label(self):
        text = f"{self.name}: {self.price}"  # @label
        return text  # @label_done


@app.route("/cart/<int:count>")
def cart(count):
    items = [Item(f"item {number}", number * 10) for number in range(count)]
    total = sum(item.price for item in items)  # @total
    page = render_template("cart.html", items=items, total=total)  # @render
    return page  # @rendered


@app.route("/stop")
def stop():
    os.kill(os.getpid(), signal.SIGINT)
    return "bye"
