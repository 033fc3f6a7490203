"""A program changed so that someone can watch it: behind each assignment of its functions an observer is called.

The observer sees the name, the line and the value, and gives the value that the program goes on with. The statements
that have to do with derivatives are kept apart: they can be left out, and an error in one does not end the program.
"""

import ast
import re

NOTATION = re.compile(r"(z|a|W|b|X)\d*")  # what the lessons call things
DERIVATIVE = re.compile(r"(?:d_*|grad_)(\w+)")  # and a derivative with respect to something
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Delete, ast.Assert, ast.Raise)


class Observer:
    """What the changed program calls, under the name __watch__. This one lets everything happen as it would.

    whole: whether the statements that have to do with derivatives are run as well.
    """

    whole = True

    def see(self, name, line, value, scope, partly):
        """Called behind an assignment of the forward pass; partly: the value is the same object, changed in place."""
        return value

    def judge(self, name, line, value, scope, partly):
        """Called in the same way behind an assignment of the backward pass."""
        return value

    def made(self, make, line):
        """Called for an entry of a list, and for what is appended to one, which make() gives."""
        return make()

    def failed(self, name, line, error, scope):
        """Called where a statement of the backward pass raised an error; what it returns becomes the value."""
        raise error


def names(node, context=ast.Load):
    """The names that are read (or, with ast.Store, written) anywhere inside a node."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, context)}


def base_of(name):
    """The name with respect to which a name is the derivative, if it is one: z1 for dz1."""
    found = DERIVATIVE.fullmatch(name)
    return found[1] if found else ""


def derivatives(functions):
    """The names in functions that stand for the derivative with respect to another name, there or in the lessons."""
    read = {name for function in functions for name in names(function)}
    stored = {name for function in functions for name in names(function, ast.Store)}
    stored |= {argument.arg for function in functions for argument in function.args.args}
    return {name for name in stored if NOTATION.fullmatch(base_of(name)) or base_of(name) in read | stored}


def targets(statement):
    """The single targets of an assignment, those inside of a tuple too; none for another statement."""
    found, waiting = [], [*getattr(statement, "targets", []), getattr(statement, "target", None)]
    while waiting:
        target = waiting.pop(0)
        if isinstance(target, (ast.Tuple, ast.List)):
            waiting = [*target.elts, *waiting]
        elif target is not None:
            found.append(target.value if isinstance(target, ast.Starred) else target)
    return found


def written(statement):
    """The names that a statement changes, or changes a part of, in their order."""
    found = []
    for target in targets(statement):
        while isinstance(target, (ast.Subscript, ast.Attribute)):
            target = target.value
        found += [target.id] if isinstance(target, ast.Name) else []
    if isinstance(statement, SIMPLE):
        found += [part.target.id for part in ast.walk(statement) if isinstance(part, ast.NamedExpr)]
    return list(dict.fromkeys(found))


def parsed(text, node):
    """The statement that a text says, at the place of a node."""
    statement = ast.parse(text).body[0]
    for part in ast.walk(statement):
        ast.copy_location(part, node)
    return statement


class Watching(ast.NodeTransformer):
    """Puts the calls of the observer into the functions of a program. derivatives: the names of derivatives."""

    def __init__(self, derivatives):
        self.derivatives = derivatives
        self.behind = None  # the names in the function at hand that depend on a derivative; outside of one, None

    def changed(self, statements):
        """The statements with all calls in them."""
        return [new for statement in statements for new in self.statement(statement)]

    def visit_FunctionDef(self, node):
        outside, self.behind = self.behind, self.dependent(node)
        node.body = self.changed(node.body)
        self.behind = outside
        return node

    def dependent(self, function):
        """The names of a function that depend on a derivative, without those that its loss is made from."""
        pairs = [
            (set(written(part)), names(part)) for part in ast.walk(function) if isinstance(part, (*SIMPLE, ast.For))
        ]
        returns = [part.value for part in ast.walk(function) if isinstance(part, ast.Return)]
        loss = {name for value in returns if isinstance(value, ast.Tuple) for name in names(value.elts[0])}
        own = {name for left, _ in pairs for name in left} | {argument.arg for argument in function.args.args}
        found = self.derivatives & own
        for _ in pairs:  # often enough for any chain of them
            loss |= {name for left, right in pairs if loss & left for name in right}
            found |= {name for left, right in pairs if found & right for name in left}
        return found - loss

    def statement(self, node):
        """The statements that take the place of one."""
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return [self.visit(node)]
        if self.behind is None:
            return [node]
        if isinstance(node, ast.Return):
            return [self.returned(node)]
        if isinstance(node, SIMPLE):
            return self.simple(node)
        header = [getattr(node, part) for part in ("iter", "test") if hasattr(node, part)]
        for part in ("body", "orelse", "finalbody"):
            if getattr(node, part, None):
                setattr(node, part, self.changed(getattr(node, part)))
        for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            part.body = self.changed(part.body)
        return [self.only_if_whole(node, [node])] if any(self.behind & names(part) for part in header) else [node]

    def simple(self, node):
        """A statement without others in it, and the calls behind it."""
        if not self.behind & (names(node) | set(written(node))):
            return [node, *self.calls(node, "see")]
        own = [name for name in written(node) if name in self.derivatives]
        rescue = f"__watch__.failed({own[0] if own else None!r}, {node.lineno}, __error__, locals())"
        if isinstance(node, ast.Assign) and own and any(isinstance(target, ast.Name) for target in targets(node)):
            rescue = f"{own[0]} = {rescue}"
        guarded = parsed("try: pass\nexcept Exception as __error__: pass", node)
        calls = self.calls(node, "judge")
        self.watch_entries(node)
        guarded.body, guarded.handlers[0].body = [node], [parsed(rescue, node)]
        return [self.only_if_whole(node, [guarded, *calls])]

    def only_if_whole(self, node, statements):
        """Statements that are run only where the whole program is."""
        result = parsed("if __watch__.whole: pass", node)
        result.body = statements
        return result

    def calls(self, node, method):
        """The calls of the observer behind a statement."""
        if isinstance(node, ast.Expr) and method == "judge":  # a function may change what it is given
            return [self.call(node, method, name, partly=True) for name in sorted(self.derivatives & names(node))]
        if getattr(node, "value", None) is None:
            return []
        whole = {target.id for target in targets(node) if isinstance(target, ast.Name)}
        whole |= {part.target.id for part in ast.walk(node) if isinstance(part, ast.NamedExpr)}
        partly = isinstance(node, ast.AugAssign)
        return [self.call(node, method, name, partly or name not in whole, name in whole) for name in written(node)]

    def call(self, node, method, name, partly, again=False):
        call = f"__watch__.{method}({name!r}, {node.lineno}, {name}, locals(), {partly})"
        return parsed(f"{name} = {call}" if again else call, node)

    def returned(self, node):
        """A return of loss and gradients, of which the latter are only made where the whole program is run."""
        if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            loss, gradients = node.value.elts
            if self.behind & names(gradients):
                self.watch_entries(gradients)
                choice = parsed("0 if __watch__.whole else None", node).value
                choice.body = gradients
                node.value.elts = [loss, choice]
        return node

    def watch_entries(self, node):
        """Let the observer see, each with its own line, the entries of lists and what is appended to one."""
        for part in ast.walk(node):
            if isinstance(part, (ast.List, ast.Tuple)) and isinstance(part.ctx, ast.Load):
                part.elts = [self.entry(each) for each in part.elts]
            elif isinstance(part, ast.Call) and getattr(part.func, "attr", "") in ("append", "insert"):
                part.args = [self.entry(each) for each in part.args]

    def entry(self, node):
        plain = (ast.Name, ast.Constant, ast.Starred, ast.List, ast.Tuple, ast.Slice)
        if isinstance(node, plain) or not self.behind & names(node):
            return node
        call = parsed(f"__watch__.made(lambda: 0, {node.lineno})", node).value
        call.args[0].body = node
        return call
