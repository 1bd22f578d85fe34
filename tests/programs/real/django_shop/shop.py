import os
import signal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path


class Item:
    def __init__(self, name, price):
        self.name = name
        self.price = price

    def label(self):
        text = f"{self.name}: {self.price}"  # @label
        return text  # @label_done


def cart(request, count):
    items = [Item(f"item {number}", number * 10) for number in range(count)]
    total = sum(item.price for item in items)  # @total
    page = render(request, "cart.html", {"items": items, "total": total})  # @render
    return page  # @rendered


def stop(request):
    os.kill(os.getpid(), signal.SIGINT)
    return HttpResponse("bye")


urlpatterns = [path("cart/<int:count>", cart), path("stop", stop)]
