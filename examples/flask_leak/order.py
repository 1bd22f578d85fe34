"""Order something from the running application: `python order.py tea` (port: FLASK_RUN_PORT, else 5000)."""

import os
import sys
from urllib.request import urlopen


def main() -> None:
    product = sys.argv[1] if len(sys.argv) > 1 else "tea"
    port = os.environ.get("FLASK_RUN_PORT", "5000")
    with urlopen(f"http://127.0.0.1:{port}/order/{product}") as answer:
        print(answer.read().decode().strip())


if __name__ == "__main__":
    main()
