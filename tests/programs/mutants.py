"""Small mistakes, made by a program in the lines of a right program that go backward and change the parameters.

mutants(source, lines) yields (what was done, the line where the mistake then is, the new source). The layout is kept:
a mutant has the lines of the right program, but for one or two. Not every mutant is wrong: some lines have a factor
that is 1, or a sum along an axis of one; and not every one runs. Whoever uses them has to look at what they do.
"""

import ast

OTHER = {"sum": "mean", "mean": "sum"}


def mutants(source, lines):
    """Yield every mutant of the source whose mistake lies in these line numbers."""
    tree = ast.parse(source)
    seen = {source}
    for what, line, new in (*replacements(tree, source, lines), *swaps(tree, source, lines)):
        if new not in seen:
            seen.add(new)
            yield what, line, new


def replacements(tree, source, lines):
    """Replace one piece of one line by another."""
    rows = source.splitlines(keepends=True)
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) not in lines or node.lineno != node.end_lineno:
            continue
        for what, text in pieces(node, lambda part: ast.get_source_segment(source, part)):
            row = rows[node.lineno - 1].encode()
            new = row[: node.col_offset] + text.encode() + row[node.end_col_offset :]
            changed = [*rows[: node.lineno - 1], new.decode(), *rows[node.lineno :]]
            yield what, node.lineno, "".join(changed)


def pieces(node, text):
    """The mistakes that can be made in one node of the tree, each with the text that takes its place."""
    match node:
        case ast.BinOp(a, ast.Mult(), b):
            if not isinstance(a, ast.Constant):
                yield f"factor {text(b)} dropped", f"({text(a)})"
            yield f"factor {text(a)} dropped", f"({text(b)})"
        case ast.BinOp(a, ast.Div(), b):
            yield f"division by {text(b)} dropped", f"({text(a)})"
            yield f"divided by {text(b)} twice", f"({text(node)} / ({text(b)}))"
        case ast.BinOp(a, ast.Pow(), _):
            yield "power dropped", f"({text(a)})"
        case ast.BinOp(ast.Attribute(a, "T"), ast.MatMult(), b):
            yield "transposition moved", f"{text(a)} @ ({text(b)}).T"
        case ast.BinOp(a, ast.MatMult(), ast.Attribute(b, "T")):
            yield "transposition moved", f"({text(a)}).T @ {text(b)}"
        case ast.BinOp(a, ast.Sub(), b):
            yield "sign changed", f"({text(b)} - ({text(a)}))"
        case ast.UnaryOp(ast.USub(), a):
            yield "sign changed", f"({text(a)})"
        case ast.Attribute(a, "T"):
            yield "transposition dropped", text(a)
        case ast.Attribute(a, "sum" | "mean" as name):
            yield f"{OTHER[name]} instead of {name}", f"{text(a)}.{OTHER[name]}"
        case ast.keyword("axis", ast.Constant(0 | 1 as axis)):
            yield "other axis", f"axis={1 - axis}"
        case ast.Call(ast.Attribute(_, "sum" | "mean") as called, [ast.Constant(0 | 1 as axis), *_]):
            yield "other axis", text(node).replace(f"{text(called)}({axis}", f"{text(called)}({1 - axis}", 1)
        case ast.AugAssign(a, ast.Add() | ast.Sub() as sign, b):
            opposite = "-=" if isinstance(sign, ast.Add) else "+="
            yield "sign changed", f"{text(a)} {opposite} {text(b)}"
            if not isinstance(b, ast.Constant):
                yield "square of the gradient", text(node).replace(text(b), f"({text(b)}) ** 2")


def swaps(tree, source, lines):
    """Exchange two statements, where the first reads what the second changes."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for first, second in zip(body, body[1:]) if isinstance(body, list) else ():
            on_lines = all(part.lineno == part.end_lineno and part.lineno in lines for part in (first, second))
            if on_lines and changed_by(second) & read_by(first):
                rows = source.splitlines(keepends=True)
                i, j = first.lineno - 1, second.lineno - 1
                rows[i], rows[j] = rows[j], rows[i]
                yield f"{', '.join(changed_by(second))} changed too early", second.lineno, "".join(rows)


def changed_by(statement):
    """The name, as text, of what a statement changes by adding to what it was."""
    match statement:
        case ast.AugAssign(target):
            return {ast.unparse(target).removesuffix("[:]")}
        case ast.Assign([target], value) if ast.unparse(target).removesuffix("[:]") in read_by(value):
            return {ast.unparse(target).removesuffix("[:]")}
    return set()


def read_by(node):
    """All names, attributes and entries that are read somewhere in a node, as text."""
    parts = (ast.Name, ast.Attribute, ast.Subscript)
    return {ast.unparse(part) for part in ast.walk(node) if isinstance(part, parts) and isinstance(part.ctx, ast.Load)}
