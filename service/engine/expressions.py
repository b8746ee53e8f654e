"""The small language of gateways, timers, offers and answers-to-facts: read by Python's parser, judged and evaluated by us.

A text is parsed into a syntax tree, every node of it must be on our list, and the tree becomes
nested closures. Nothing is compiled or run by Python, no attribute or item is ever read, and
size, depth, numbers and texts are bounded, so a diagram can neither reach the machine nor stall it.

Names are facts; a fact not set is null. Comparing the order of null and anything is false (a
threshold that was never set is not reached); calculating with null is an error, because a deadline
silently made from nothing would be worse than a task that stops.
"""

import ast
import functools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import Invalid

Scalar = str | int | float | bool | None
Names = Mapping[str, Scalar] | Callable[[str], Scalar]
Call = Callable[[str, list[Scalar]], Scalar]
Value = Scalar | tuple[Scalar, ...]
Step = Callable[[Callable[[str], Scalar], Call], Value]

LONGEST_TEXT = 500
MOST_NODES = 120
DEEPEST = 20
LARGEST_NUMBER = 10**12
LONGEST_VALUE = 4_000

WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
ORDER: dict[type[ast.cmpop], Callable[[str | float, str | float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class ExpressionError(Invalid):
    code = "expression"


@dataclass(frozen=True)
class Expression:
    """A checked expression: what it needs, and how to get its value.

    `compared` holds the texts a name is compared with, `required` the functions that must be true
    for the whole to be true; both are for the checks of a diagram.
    """

    text: str
    names: frozenset[str]
    functions: frozenset[str]
    compared: frozenset[tuple[str, str]]
    required: frozenset[str]
    step: Step

    def value(self, names: Names, call: Call) -> Scalar:
        result = self.step(names if callable(names) else names.get, call)
        if isinstance(result, tuple):
            raise ExpressionError(f"表达式“{self.text}”的结果必须是单个值")
        return result


@functools.lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """Read an expression once; the same text is never read twice. Safe to share between threads.

    Accepts the spellings of the usual modelers, `=x` and `${x}`. Raises `ExpressionError`.
    """
    body = _bare(text)
    if not body:
        raise ExpressionError("表达式不能为空")
    if len(body) > LONGEST_TEXT:
        raise ExpressionError(f"表达式超过{LONGEST_TEXT}个字符")
    try:
        tree = ast.parse(body, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"表达式“{_short(body)}”写法有误") from None
    _measure(tree)
    reader = _Reader()
    step = reader.read(tree.body)
    return Expression(
        text=body,
        names=frozenset(reader.names),
        functions=frozenset(reader.functions),
        compared=frozenset(_compared(tree)),
        required=frozenset(_required(tree.body)),
        step=step,
    )


def evaluate(text: str, names: Names, call: Call) -> Scalar:
    """The value of an expression; `names` gives facts, `call` answers functions."""
    return parse(text).value(names, call)


@functools.lru_cache(maxsize=2048)
def assignments(text: str) -> tuple[tuple[str, Expression], ...]:
    """Read `fact = expression; fact = expression`; a semicolon inside quotes does not separate."""
    pairs = []
    for part in _split(text):
        name, equals, body = part.partition("=")
        name = name.strip()
        if not equals or body.startswith("=") or not name.isidentifier() or name.startswith("_") or name in WORDS:
            raise ExpressionError(f"“{_short(part)}”不是“事实 = 表达式”的写法")
        pairs.append((name, parse(body.strip())))
    return tuple(pairs)


def assign(text: str, names: Names, call: Call) -> dict[str, Scalar]:
    """The facts an `assignments` text sets; all are computed from what held before."""
    return {name: expression.value(names, call) for name, expression in assignments(text)}


def _bare(text: str) -> str:
    body = text.strip()
    if body.startswith("${") and body.endswith("}"):
        body = body[2:-1]
    elif body.startswith("=") and not body.startswith("=="):
        body = body[1:]
    return body.strip()


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _measure(tree: ast.AST) -> None:
    """Bound the tree before anything walks it by recursion."""
    level: list[ast.AST] = [tree]
    count = depth = 0
    while level:
        count += len(level)
        depth += 1
        if count > MOST_NODES * 2 or depth > DEEPEST:
            raise ExpressionError("表达式过于复杂，请拆成几个网关或事实")
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def _compared(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
            for other in node.comparators:
                parts = other.elts if isinstance(other, ast.List | ast.Tuple) else [other]
                yield from ((node.left.id, part.value) for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _required(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            yield from _required(part)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield node.func.id


def _split(text: str) -> list[str]:
    parts, part, quote = [], "", ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == ";":
            parts.append(part)
            part = ""
            continue
        part += letter
    return [part.strip() for part in [*parts, part] if part.strip()]


class _Reader:
    """Turns the allowed nodes into closures and notes the names and functions met on the way."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.functions: set[str] = set()

    def read(self, node: ast.expr) -> Step:
        match node:
            case ast.Constant(value=value):
                return _constant(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.BoolOp(op=op, values=values):
                return _chain([self.read(value) for value in values], until=isinstance(op, ast.Or))
            case ast.UnaryOp(op=op, operand=operand):
                return _unary(op, self.read(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return _binary(op, self.read(left), self.read(right))
            case ast.Compare(left=left, ops=ops, comparators=others):
                return _comparison(ops, [self.read(part) for part in (left, *others)])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return _choice(self.read(test), self.read(body), self.read(orelse))
            case ast.List(elts=elts) | ast.Tuple(elts=elts):
                return _list([self.read(element) for element in elts])
            case ast.Call():
                return self._call(node)
        raise ExpressionError(f"表达式中不允许使用 {type(node).__name__}")

    def _name(self, name: str) -> Step:
        if name in WORDS:
            return _constant(WORDS[name])
        if name.startswith("_"):
            raise ExpressionError(f"名称“{_short(name)}”不能以下划线开头")
        self.names.add(name)
        return lambda names, _: names(name)

    def _call(self, node: ast.Call) -> Step:
        if not isinstance(node.func, ast.Name) or node.func.id.startswith("_") or node.func.id in WORDS:
            raise ExpressionError("只能按名称调用函数")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError("函数只接受按顺序给出的参数")
        name, arguments = node.func.id, [self.read(argument) for argument in node.args]
        self.functions.add(name)
        return lambda names, call: call(name, [_scalar(argument(names, call)) for argument in arguments])


def _constant(value: object) -> Step:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = _bounded(value)
        return lambda _names, _call: number
    if value is None or isinstance(value, str | bool):
        constant = value
        return lambda _names, _call: constant
    raise ExpressionError("常量只能是文字、数字、true、false 或 null")


def _chain(steps: Sequence[Step], *, until: bool) -> Step:
    """`or` stops at the first true part, `and` at the first false one; the last part decides otherwise."""

    def step(names: Callable[[str], Scalar], call: Call) -> Value:
        result: Value = None
        for part in steps:
            result = part(names, call)
            if bool(result) is until:
                return result
        return result

    return step


def _unary(op: ast.unaryop, operand: Step) -> Step:
    match op:
        case ast.Not():
            return lambda names, call: not operand(names, call)
        case ast.USub():
            return lambda names, call: -_number(operand(names, call))
        case ast.UAdd():
            return lambda names, call: _number(operand(names, call))
    raise ExpressionError("不允许使用该运算符")


def _binary(op: ast.operator, left: Step, right: Step) -> Step:
    calculate = ARITHMETIC.get(type(op))
    if calculate is None:
        raise ExpressionError(f"不允许使用运算符 {type(op).__name__}")
    joins = isinstance(op, ast.Add)

    def step(names: Callable[[str], Scalar], call: Call) -> Value:
        a, b = left(names, call), right(names, call)
        if joins and isinstance(a, str) and isinstance(b, str):
            if len(a) + len(b) > LONGEST_VALUE:
                raise ExpressionError("表达式产生的文字过长")
            return a + b
        try:
            return _bounded(calculate(_number(a), _number(b)))
        except ZeroDivisionError:
            raise ExpressionError("表达式中除数为零") from None

    return step


def _comparison(ops: Sequence[ast.cmpop], steps: Sequence[Step]) -> Step:
    tests = [_test(op) for op in ops]

    def step(names: Callable[[str], Scalar], call: Call) -> Value:
        left = steps[0](names, call)
        for test, part in zip(tests, steps[1:], strict=True):
            right = part(names, call)
            if not test(left, right):
                return False
            left = right
        return True

    return step


def _test(op: ast.cmpop) -> Callable[[Value, Value], bool]:
    match op:
        case ast.Eq():
            return operator.eq
        case ast.NotEq():
            return operator.ne
        case ast.In():
            return _contained
        case ast.NotIn():
            return lambda a, b: not _contained(a, b)
    in_order = ORDER.get(type(op))
    if in_order is None:
        raise ExpressionError(f"不允许使用比较 {type(op).__name__}，请用 == 或 !=")
    return lambda a, b: _ordered(in_order, a, b)


def _contained(a: Value, b: Value) -> bool:
    if isinstance(b, tuple):
        return a in b
    if b is None:
        return False
    raise ExpressionError("in 的右边必须是列表，例如 x in ('a', 'b')")


def _ordered(in_order: Callable[[str | float, str | float], bool], a: Value, b: Value) -> bool:
    if a is None or b is None:
        return False
    if isinstance(a, str) and isinstance(b, str):
        return in_order(a, b)
    return in_order(_number(a), _number(b))


def _choice(test: Step, body: Step, orelse: Step) -> Step:
    return lambda names, call: body(names, call) if test(names, call) else orelse(names, call)


def _list(elements: Sequence[Step]) -> Step:
    return lambda names, call: tuple(_scalar(element(names, call)) for element in elements)


def _scalar(value: Value) -> Scalar:
    if isinstance(value, tuple):
        raise ExpressionError("列表只能出现在 in 的右边")
    return value


def _number(value: Value) -> float:
    """A number to calculate or compare with; true and false are not numbers here, and neither is an unset fact."""
    if value is None:
        raise ExpressionError("表达式用到了尚未填写的事实")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError("表达式此处需要数字")
    return value


def _bounded(value: float) -> float:
    if not abs(value) <= LARGEST_NUMBER:  # also refuses "not a number"
        raise ExpressionError("数字过大")
    return value
