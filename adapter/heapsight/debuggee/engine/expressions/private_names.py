"""Private names: what `self.__x` means within a class. Code that is compiled for itself does not know its class."""

from __future__ import annotations


def is_private(name: str) -> bool:
    """Say whether `name` is another one inside a class."""
    return name.startswith("__") and not name.endswith("__") and "." not in name


def mangled(text: str, owner: str) -> str:
    """Return the expression `text` as it reads with the private names of the class `owner` written out."""
    # Only here: it takes as long to import as everything else of the engine's.
    import ast

    prefix = owner.lstrip("_")
    if not prefix:
        return text

    class Mangler(ast.NodeTransformer):
        """Renames; fields that hold no identifier are left alone."""

        def generic_visit(self, node: ast.AST) -> ast.AST:
            for field in ("id", "attr", "arg"):
                name = getattr(node, field, None)
                if isinstance(name, str) and is_private(name):
                    setattr(node, field, f"_{prefix}{name}")
            return super().generic_visit(node)

    return ast.unparse(Mangler().visit(ast.parse(text, mode="eval")))
