"""Probes in a program: every value that it computes passes through one, which may look at it, and change it.

`d = (a - y) * s` becomes `d = _named(7, _binary(6, "mul", _binary(5, "sub", a, y), s))`: each number is that of a Site.
All else stays as it is, so that a program goes on doing what it did.
"""

import ast
import operator
from typing import NamedTuple

OPERATIONS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.MatMult: "matmul",
    ast.Pow: "pow",
}


class Site(NamedTuple):
    """A place in a program that gives a value.

    kind: "named" for what is assigned, "changed" for an array after a change in place, "update" for `w -= …`, else
    "value". line, name: of the statement, and of what it assigns; own_line, text: of the very expression.
    literal: for the left and the right side of an operation whether it is a number in the text.
    """

    file: str
    line: int
    kind: str
    name: str
    text: str
    own_line: int
    literal: tuple = (False, False)


class Probing(ast.NodeTransformer):
    """Puts probes into the tree of a program, and appends their sites to a list."""

    def __init__(self, file, sites):
        self.file, self.sites, self.line, self.own_line, self.name = file, sites, 0, 0, ""

    def probe(self, function, kind, text, *arguments, name=None, literal=(False, False)):
        self.sites.append(Site(self.file, self.line, kind, name or self.name or text, text, self.own_line, literal))
        return call(function, ast.Constant(len(self.sites) - 1), *arguments)

    def visit(self, node):
        if not isinstance(node, ast.stmt):
            return super().visit(node)
        outer = self.line, self.name
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        assigned = isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))
        self.line, self.name = node.lineno, ast.unparse(targets[-1]) if assigned else ""
        result = super().visit(node)
        self.line, self.name = outer
        return result

    def visit_JoinedStr(self, node):  # text; it may hold no calls in quotes of its own
        return node

    visit_MatchValue = visit_JoinedStr

    def visit_BinOp(self, node):
        text, literal = ast.unparse(node), tuple(is_literal(side) for side in (node.left, node.right))
        self.generic_visit(node)
        if type(node.op) not in OPERATIONS:
            return node
        operation, self.own_line = ast.Constant(OPERATIONS[type(node.op)]), node.lineno
        return self.probe("_binary", "value", text, operation, node.left, node.right, literal=literal)

    def visit_Call(self, node):
        text = ast.unparse(node)
        self.generic_visit(node)
        self.own_line = node.lineno
        return self.probe("_value", "value", text, node)

    def visit_UnaryOp(self, node):
        minus = isinstance(node.op, ast.USub) and not is_literal(node)
        return self.visit_Call(node) if minus else self.generic_visit(node)

    def visit_NamedExpr(self, node):
        text = ast.unparse(node.value)
        self.generic_visit(node)
        node.value = self.probe("_value", "named", text, node.value, name=node.target.id)
        return node

    def visit_Assign(self, node):
        names, value = node.targets[-1], node.value
        pairs = [(names, ast.unparse(value))]
        if isinstance(value, (ast.Tuple, ast.List)):  # several at once, or such as deltas = [delta]
            targets = names.elts if isinstance(names, (ast.Tuple, ast.List)) else [names] * len(value.elts)
            pairs = list(zip(targets, map(ast.unparse, value.elts)))
        self.generic_visit(node)
        value = node.value
        if isinstance(value, (ast.Tuple, ast.List)):
            for i, (target, text) in enumerate(pairs):
                if not isinstance(value.elts[i], ast.Starred):
                    value.elts[i] = self.probe("_value", "named", text, value.elts[i], name=ast.unparse(target))
        elif not isinstance(names, (ast.Tuple, ast.List)):
            node.value = self.probe("_value", "named", pairs[0][1], value)
        elif not any(isinstance(name, ast.Starred) for name in names.elts):  # values that a function returns
            parts = [self.probe("_value", "named", "", name=ast.unparse(name)) for name in names.elts]
            node.value = call("_several", parts[0].args[0], value)
        return [node, *(self.container(target) for target in node.targets if isinstance(target, ast.Subscript))]

    def visit_AnnAssign(self, node):
        if node.value is None:
            return node
        return self.visit_Assign(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_AugAssign(self, node):
        text = ast.unparse(node.value)
        self.generic_visit(node)
        if type(node.op) not in OPERATIONS:
            return node
        operation = ast.Constant("i" + OPERATIONS[type(node.op)])
        value = self.probe("_binary", "update", text, operation, loaded(node.target), node.value)
        new = ast.copy_location(ast.Assign([node.target], value), node)
        return [new, self.container(node.target)] if isinstance(node.target, ast.Subscript) else new

    def visit_Expr(self, node):
        arrays = [*node.value.args, *(k.value for k in node.value.keywords)] if isinstance(node.value, ast.Call) else []
        arrays = [loaded(each) for each in arrays if isinstance(each, (ast.Name, ast.Attribute))]
        self.generic_visit(node)  # np.add.at(…) and their like change what they are given
        return [node, *map(self.container, arrays)]

    def container(self, target):
        """A statement that looks at the array of which a part has been changed."""
        while isinstance(target, ast.Subscript):
            target = target.value
        text = ast.unparse(target)
        return ast.Expr(self.probe("_changed", "changed", text, loaded(target), name=text))


def call(function, *arguments):
    return ast.Call(ast.Name(function, ast.Load()), list(arguments), [])


def loaded(node):
    """A copy of what is assigned to, as what is read."""
    return ast.copy_location(ast.parse(ast.unparse(node), mode="eval").body, node)


def is_literal(node):
    return isinstance(getattr(node, "operand", node), ast.Constant)


def short(text):
    """An expression, as long as it can be in a line of output."""
    return text if len(text) < 40 else text[:37] + "..."


def compute(operation, a, b):
    """The value of an operation by its name in the module operator."""
    return getattr(operator, operation)(a, b)


def with_probes(tree, file, sites):
    """The code of a program with probes in it; their sites are appended."""
    return compile(ast.fix_missing_locations(Probing(file, sites).visit(tree)), file, "exec")
