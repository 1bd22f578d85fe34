"""The examples leak as their READMEs say, and no more."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_shop_prints_what_its_readme_shows() -> None:
    printed = run(EXAMPLES / "leaky_shop", "shop.py")
    assert "Carts still in memory: 3" in printed
    assert printed.strip() in (EXAMPLES / "leaky_shop" / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_the_line_to_stop_at() -> None:
    lines = (EXAMPLES / "leaky_shop" / "shop.py").read_text(encoding="utf-8").splitlines()
    (last,) = [number for number, line in enumerate(lines, 1) if "has done its work here" in line]
    readme = (EXAMPLES / "leaky_shop" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"shop\.py:(\d+)", readme) == [str(last)]


def test_the_repaired_shop_keeps_no_cart(tmp_path: Path) -> None:
    for file in (EXAMPLES / "leaky_shop").glob("*.py"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    shop = tmp_path / "shop.py"
    source = shop.read_text(encoding="utf-8")
    for leak in ("receipt = receipt_for(cart)", "promise_reminder(cart)\n    return"):
        assert leak in source
    source = source.replace(
        "    receipt = receipt_for(cart)\n    promise_reminder(cart)\n    return receipt.total",
        "    return cart.total()",
    )
    shop.write_text(source, encoding="utf-8")
    assert "Carts still in memory: 0" in run(tmp_path, "shop.py")


def test_the_flask_application_keeps_each_order() -> None:
    specification = importlib.util.spec_from_file_location("leaky_app", EXAMPLES / "flask_leak" / "app.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # dataclasses look their module up
    try:
        specification.loader.exec_module(module)
        client = module.app.test_client()
        assert client.get("/order/tea").json == {"order": 1, "product": "tea"}
        assert client.get("/order/bread").json == {"order": 2, "product": "bread"}
        assert len(module.after_response) == 2
        assert module.after_response[0]() == "Order 1: tea is on its way."
    finally:
        del sys.modules[specification.name]
