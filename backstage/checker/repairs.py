"""What a wrong line should be: what people get wrong is undone, one at a time, until the right derivative comes."""

import ast
import builtins
import copy
import re
import sys

from backstage.checker.program import Done, Tracer, parsed
from backstage.checker.step import Recording

import numpy as np

SLOPES = ("{0} * (1 - {0})", "1 - {0} ** 2", "({0} > 0)")  # of sigmoid, tanh and relu, from what they give
CALLS = (  # what stands in a call, what to put there, and the mistake
    (r"(\.sum\(|\.mean\(|axis=)([01])", lambda m: m[1] + str(1 - int(m[2])), "over the wrong axis"),
    (r"\bmean\(", "sum(", "mean instead of sum"),
    (r"\bsum\(", "mean(", "sum instead of mean"),
    (r"\.sum\(\)", ".sum(axis=0)", "summed to one number"),
)


class Scene(Recording):
    """Stops at an event, and keeps what the names around it stood for."""

    def __init__(self, node, *arguments):
        super().__init__(*arguments)
        self.node, self.names = node, {}

    def see(self, event, *rest):
        value = super().see(event, *rest)
        if event == self.node.event and self.begun:
            frame, frames = sys._getframe(), []
            while frame and not (frames and not frames[-1].f_code.co_name.startswith("<")):  # a comprehension's is
                frames += [frame] if frame.f_code.co_filename == self.node.site.file else []
                frame = frame.f_back
            for names in (frames[0].f_globals, *(each.f_locals for each in frames[::-1])):
                self.names.update(names)
            self.on = False
            raise Done
        return value


class Line:
    """An expression of a program, at the moment in which it is computed, for each noise."""

    def __init__(self, experiment, node):
        both = zip(experiment.noises, experiment.mended)
        self.scenes = [Scene(node, experiment.plan, noise, mended) for noise, mended in both]
        for scene in self.scenes:
            experiment.program.run(scene)
        self.expression = tree(node.site.text)
        nodes = ast.walk(parsed(node.site.file))
        texts = dict.fromkeys(ast.unparse(n) for n in nodes if isinstance(n, (ast.Name, ast.Attribute, ast.Subscript)))
        values = {text: self.values(tree(text)) for text in texts if not text.endswith(".T")}
        self.shapes = {text: found[0].shape for text, found in values.items() if found}  # of what is known here

    def values(self, expression):
        """What an expression gives there, for each noise; None where it gives no numbers."""
        code = compile(ast.fix_missing_locations(ast.Expression(copy.deepcopy(expression))), "repair", "eval")
        vars(builtins).update(Tracer().probes())
        try:
            with np.errstate(all="ignore"):
                found = [eval(code, scene.names) for scene in self.scenes]
        except Exception:
            return None
        if not all(isinstance(value, (np.ndarray, np.number, int, float)) for value in found):
            return None  # np.c_ as an array would never end
        found = [np.array(value, float) for value in found]
        return found if all(value.size and np.isfinite(value).all() for value in found) else None

    def variants(self, names_only):
        """Pairs of a mistake in words and what the expression would be without it."""
        parts = [n for n in ast.walk(self.expression) if isinstance(n, ast.expr)]
        within = lambda part, new: copy.deepcopy(self.expression, {id(part): new})  # noqa: E731
        for part in parts:
            for why, new in undone(part):
                yield why, within(part, new)
        for part in parts:
            text = ast.unparse(part)
            for other in self.shapes if text in self.shapes else ():
                if other != text and self.shapes[other] == self.shapes[text]:
                    yield f"{text} instead of {other}", within(part, tree(other))
        if names_only:
            return
        yield "not summed over the samples", tree(f"({ast.unparse(self.expression)}).sum(axis=0)")
        for new in self.slopes(self.expression):
            yield f"the slope of the activation is left out, {new}", ast.BinOp(self.expression, ast.Mult(), tree(new))
        for part in parts:
            if isinstance(part, (ast.BinOp, ast.Call)) or ast.unparse(part) in self.shapes:
                for new in self.slopes(part):
                    yield f"{ast.unparse(part)} instead of {new}", within(part, tree(f"({new})"))

    def slopes(self, part):
        """What may be the slope of an activation, in the shape of a part."""
        values, names = self.values(part), self.scenes[0].names
        functions = [name for name in names if callable(names[name]) and re.search("deriv|prime|grad|slope", name)]
        for text, shape in self.shapes.items() if values and values[0].ndim else ():
            if shape == values[0].shape:
                yield from (form.format(text) for form in SLOPES)
                yield from (f"{name}({text})" for name in functions)


def tree(text):
    return ast.parse(text, mode="eval").body


def undone(part):
    """Mistakes in a part of an expression, and what it would be without them."""
    operation = type(getattr(part, "op", None))
    if isinstance(part, ast.Attribute) and part.attr == "T":
        yield "transposed", part.value
    elif isinstance(part, (ast.Name, ast.Attribute, ast.Subscript)):
        yield "not transposed", ast.Attribute(part, "T", ast.Load())
    if isinstance(part, ast.UnaryOp):
        yield "the sign", part.operand
    if operation in (ast.Add, ast.Sub):
        yield "the sign", ast.BinOp(part.right, part.op, part.left)
        yield "the sign", ast.BinOp(part.left, ast.Add() if operation is ast.Sub else ast.Sub(), part.right)
    if operation in (ast.Mult, ast.Div, ast.Pow):
        yield f"{'**' * (operation is ast.Pow)} {ast.unparse(part.right)} once too often".strip(), part.left
    if operation is ast.Mult:
        yield f"{ast.unparse(part.left)} once too often", part.right
        if isinstance(getattr(part.left, "op", None), ast.Mult):  # a * (1 - a)
            both = ast.BinOp(part.left.right, ast.Mult(), part.right)
            yield f"{ast.unparse(both)} once too often", part.left.left
    if operation is ast.MatMult:
        yield "the two sides of the product are exchanged", ast.BinOp(part.right, part.op, part.left)
    for old, new, why in CALLS if isinstance(part, ast.Call) else ():
        if re.search(old, ast.unparse(part)):
            yield why, tree(re.sub(old, new, ast.unparse(part)))


def tried(experiment, node, names_only):
    """Mistakes in words, what the line of a node would be without them, and its values then."""
    line = Line(experiment, node)
    for why, new in line.variants(names_only):
        values = line.values(new)
        if values is not None:
            yield why, ast.unparse(new), values
