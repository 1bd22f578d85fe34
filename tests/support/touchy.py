"""Objects that do not let anybody look: every method of theirs, and of their metaclass, is noted and raises."""

import collections
import functools
import types
import weakref


class Called(BaseException):
    """Not an Exception, so that nobody swallows it."""


CALLS = []


def refuse(name):
    def method(*args, **kwargs):
        CALLS.append(name)
        raise Called(name)

    return method


TOUCHY = [
    "__repr__", "__str__", "__format__", "__len__", "__bool__", "__eq__", "__ne__", "__lt__", "__iter__", "__next__",
    "__contains__", "__getitem__", "__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__dir__",
    "__sizeof__", "__call__", "__index__", "__int__", "__float__", "__reduce__", "__reduce_ex__", "__copy__",
    "__get__", "__instancecheck__", "__subclasscheck__", "__enter__", "__exit__", "__await__", "__reversed__",
]  # fmt: skip


class Meta(type):
    __getattribute__ = refuse("metaclass __getattribute__")
    __getattr__ = refuse("metaclass __getattr__")
    __instancecheck__ = refuse("metaclass __instancecheck__")
    __subclasscheck__ = refuse("metaclass __subclasscheck__")
    __repr__ = refuse("metaclass __repr__")
    __eq__ = refuse("metaclass __eq__")
    __hash__ = refuse("metaclass __hash__")
    __iter__ = refuse("metaclass __iter__")
    __len__ = refuse("metaclass __len__")
    __dir__ = refuse("metaclass __dir__")


def touchy(name, *bases, hash_too=True, slots=None):
    """Return a class whose every method refuses."""
    members = {method: refuse(method) for method in TOUCHY}
    members["__hash__"] = refuse("__hash__") if hash_too else (bases or (object,))[0].__hash__
    members["prop"] = property(refuse("property"))
    members["__class__"] = property(refuse("__class__"))
    if slots is not None:
        members["__slots__"] = slots
    return Meta(name, bases, members)


Plain = touchy("Plain")
Slotted = touchy("Slotted", slots=("one", "two"))
Listed = touchy("Listed", list)
Mapped = touchy("Mapped", dict)
Tupled = touchy("Tupled", tuple)
Setted = touchy("Setted", set)
Texted = touchy("Texted", str, hash_too=False)
Failed = touchy("Failed", Exception)
Moduled = touchy("Moduled", types.ModuleType)
Keyed = touchy("Keyed", hash_too=False)


def put(obj, name, value):
    object.__setattr__(obj, name, value)


class World:
    """One object of each sort, all holding one and the same."""

    def __init__(self):
        self.target = object.__new__(Plain)
        plain = object.__new__(Plain)
        put(plain, "held", self.target)
        put(plain, "name", "x")
        slotted = object.__new__(Slotted)
        put(slotted, "one", self.target)
        listed = Listed([self.target])
        put(listed, "held", self.target)
        mapped = Mapped(key=self.target)
        tupled = tuple.__new__(Tupled, (self.target,))
        failed = Failed(self.target)
        moduled = Moduled("moduled")
        types.ModuleType.__setattr__(moduled, "held", self.target)
        keyed = object.__new__(Keyed)

        def handler(argument=self.target):
            return self_target

        self_target = self.target
        self.all = [
            plain, slotted, listed, mapped, tupled, failed, moduled, handler, [self.target], {"a": self.target},
            {keyed: self.target}, (self.target,), collections.deque([self.target]),
            functools.partial(print, self.target), collections.OrderedDict(a=self.target),
            types.SimpleNamespace(a=self.target), weakref.ref(self.target), generator(self.target),
            types.MethodType(handler, self.target), type.__call__(Meta, "C", (), {"a": self.target}),
            str.__new__(Texted, "text"), Setted(), {Texted("k"): 1},
        ]  # fmt: skip
        next(self.all[17])


def generator(argument):
    yield 1
    yield argument
