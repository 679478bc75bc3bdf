# SPDX-License-Identifier: Apache-2.0
"""CQL2 text to tree: recursive descent that counts its brackets. Pure."""

from collections.abc import Callable

from layers.cql2.check import COMPARISONS, Checker
from layers.cql2.limits import MAX_DEPTH, MAX_LIST, refuse, refuse_depth, refuse_list
from layers.cql2.moments import bound_literal
from layers.cql2.tokens import RESERVED, Tokens
from layers.cql2.tree import Instant, Interval, Kind, Node, Property, Tree
from layers.cql2.wkt import is_geometry, read_geometry, read_number

_ARRAY_PREFIX = "a_"


def parse_text(text: str, checker: Checker) -> Tree:
    """Read a whole filter in the text encoding.

    Raises:
        BadParameter: not CQL2 text, or more than the limits allow.
    """
    return _TextParser(text, checker).parse()


class _TextParser:
    def __init__(self, text: str, checker: Checker) -> None:
        self._tokens = Tokens(text)
        self._checker = checker
        self._level = 0

    def parse(self) -> Tree:
        tree = self._condition()
        if self._tokens.next.kind != "end":
            self._tokens.refuse("the filter should end here, or go on with AND or OR")
        return self._checker.finish(tree)

    def _within(self, read: Callable[[], Node]) -> Node:
        """Read one level deeper."""
        self._level += 1
        if self._level >= MAX_DEPTH:
            refuse_depth()
        node = read()
        self._level -= 1
        return node

    def _condition(self) -> Node:
        alternatives: list[Node] = []
        terms = [self._factor()]
        while self._tokens.at_word("and", "or"):
            if self._tokens.take().value.lower() == "or":
                alternatives.append(self._checker.conjunction(terms))
                terms = []
            terms.append(self._factor())
        return self._checker.disjunction([*alternatives, self._checker.conjunction(terms)])

    def _factor(self) -> Node:
        if not self._tokens.at_word("not"):
            return self._predicate()
        self._tokens.take()
        return self._checker.negation(self._within(self._factor))

    def _predicate(self) -> Node:
        tokens, checker = self._tokens, self._checker
        left = self._sum()
        if tokens.at(*COMPARISONS):
            return checker.compare(tokens.take().value, left, self._sum())
        if tokens.at_word("is"):
            tokens.take()
            negated = self._optional_not()
            tokens.expect_word("null")
            found: Node = checker.is_null(left)
        elif tokens.at_word("not", "like", "between", "in"):
            negated = self._optional_not()
            found = self._advanced(left)
        else:
            return left
        return checker.negation(found) if negated else found

    def _optional_not(self) -> bool:
        negated = self._tokens.at_word("not")
        if negated:
            self._tokens.take()
        return negated

    def _advanced(self, left: Node) -> Node:
        tokens, checker = self._tokens, self._checker
        if not tokens.at_word("like", "between", "in"):
            tokens.refuse("LIKE, BETWEEN or IN is needed")
        word = tokens.take().value.lower()
        if word == "like":
            return checker.like(left, self._primary())
        if word == "in":
            return checker.is_in(left, self._list())
        low = self._sum()
        tokens.expect_word("and")
        return checker.between(left, low, self._sum())

    def _sum(self) -> Node:
        node = self._product()
        while self._tokens.at("+", "-"):
            node = self._checker.arithmetic(self._tokens.take().value, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._power()
        while self._tokens.at("*", "/", "%") or self._tokens.at_word("div"):
            node = self._checker.arithmetic(self._tokens.take().value.lower(), node, self._power())
        return node

    def _power(self) -> Node:
        node = self._signed()
        if self._tokens.at("^"):
            self._tokens.take()
            node = self._checker.arithmetic("^", node, self._signed())
        return node

    def _signed(self) -> Node:
        if not self._tokens.at("+", "-"):
            return self._primary()
        sign = self._tokens.take().value
        if sign == "-":
            if self._tokens.next.kind == "number":
                return self._checker.negative(self._primary())
            return self._checker.negative(self._within(self._signed))
        if self._tokens.next.kind != "number":
            self._tokens.refuse("a number is needed")
        return self._primary()

    def _primary(self) -> Node:
        tokens, checker = self._tokens, self._checker
        match tokens.next.kind:
            case "text":
                return checker.text(tokens.take().value)
            case "number":
                return checker.number(float(tokens.take().value))
            case "quoted":
                return checker.property(tokens.take().value)
            case "name":
                return self._named()
        if not tokens.at("("):
            tokens.refuse("a value, a property or a bracket is needed")
        tokens.take()
        node = self._within(self._condition)
        tokens.expect(")")
        return node

    def _named(self) -> Node:
        tokens, checker = self._tokens, self._checker
        if tokens.at_word("true", "false"):
            return checker.boolean(tokens.take().value.lower() == "true")
        if tokens.at_word(*RESERVED):
            tokens.refuse("a value or a property is needed")
        name = tokens.take().value
        if is_geometry(name) and (tokens.at("(") or tokens.at_word("z", "empty")):
            return read_geometry(name, tokens, checker)
        if not tokens.at("("):
            return checker.property(name)
        return self._call(name.lower())

    def _call(self, name: str) -> Node:
        match name:
            case "date":
                return self._checker.date(self._bracketed_text())
            case "timestamp":
                return self._checker.timestamp(self._bracketed_text())
            case "interval":
                return self._interval()
            case "bbox":
                return self._box()
        self._tokens.take()
        args: list[Node] = []
        while not self._tokens.at(")"):
            if args:
                self._tokens.expect(",")
            if len(args) > MAX_LIST:
                refuse_list()
            args.append(self._within(self._array if self._is_array(name) else self._condition))
        self._tokens.take()
        return self._checker.call(name, args)

    def _is_array(self, name: str) -> bool:
        return name.startswith(_ARRAY_PREFIX) and self._tokens.at("(")

    def _array(self) -> Node:
        return self._checker.array(self._list(may_be_empty=True))

    def _list(self, *, may_be_empty: bool = False) -> list[Node]:
        self._tokens.expect("(")
        items: list[Node] = []
        if not (may_be_empty and self._tokens.at(")")):
            items.append(self._within(self._condition))
        while self._tokens.at(","):
            self._tokens.take()
            items.append(self._within(self._condition))
            if len(items) > MAX_LIST:
                refuse_list()
        self._tokens.expect(")")
        return items

    def _bracketed_text(self) -> str:
        self._tokens.expect("(")
        if self._tokens.next.kind != "text":
            self._tokens.refuse("a text in single quotes is needed")
        text = self._tokens.take().value
        self._tokens.expect(")")
        return text

    def _interval(self) -> Interval:
        self._tokens.expect("(")
        start = self._bound()
        self._tokens.expect(",")
        end = self._bound()
        self._tokens.expect(")")
        return self._checker.interval(start, end)

    def _bound(self) -> Instant | Property | None:
        if self._tokens.next.kind == "text":
            return bound_literal(self._tokens.take().value)
        node = self._primary()
        if not isinstance(node, Instant | Property) or node.kind is not Kind.INSTANT:
            refuse("type_mismatch", "an INTERVAL takes days, moments or '..'")
        return node

    def _box(self) -> Node:
        self._tokens.expect("(")
        numbers = [read_number(self._tokens)]
        while self._tokens.at(",") and len(numbers) < 6:
            self._tokens.take()
            numbers.append(read_number(self._tokens))
        self._tokens.expect(")")
        return self._checker.box(numbers)
