"""Things for conditions and expressions to fail on."""


class Broken:
    """Nothing about it works."""

    def __repr__(self):
        raise RuntimeError("no repr for you")

    @property
    def forever(self):
        while True:
            pass


broken = Broken()
for index in range(3):
    square = index * index  # @loop
print("over")  # @over
