"""Values of numpy, pandas, attrs and pydantic: shape, type, and elements by pages, without touching anything."""

import gc
import sys
import types
import weakref

import pytest

from support.inspecting import Looking

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
attrs = pytest.importorskip("attrs")
pydantic = pytest.importorskip("pydantic")

CALLED = []


def refuse(name):
    def method(*args, **kwargs):
        CALLED.append(name)
        raise AssertionError(name)

    return method


class Sub(np.ndarray):
    """An array that minds being looked at."""

    def __array_finalize__(self, obj):
        if CALLED is not None and obj is not None and getattr(obj, "_ready", False):
            CALLED.append("__array_finalize__")

    __getitem__ = refuse("__getitem__")
    __len__ = refuse("__len__")
    __iter__ = refuse("__iter__")
    shape = property(refuse("shape"))
    dtype = property(refuse("dtype"))
    extra = 5


class Frame(pd.DataFrame):
    """A table with a class of the user's."""

    _metadata = ("note",)
    __getitem__ = refuse("__getitem__")
    __len__ = refuse("__len__")
    iloc = property(refuse("iloc"))
    shape = property(refuse("shape"))

    @property
    def _constructor(self):
        CALLED.append("_constructor")
        return Frame


@attrs.define
class Slotted:
    number: int
    items: list
    secret: str = attrs.field(default="s", repr=False)


@attrs.define(slots=False)
class Plain(Slotted):
    word: str = "w"


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    number: int = 1
    word: str = "x"
    hidden: int = pydantic.Field(5, repr=False)
    _private: int = 7

    @pydantic.computed_field
    @property
    def twice(self) -> int:
        return self.number * 2


class Named:
    pass


def shown(value, **options):
    """Return the text of a value in Variables."""
    return Looking(sys._getframe()).local("value")["value"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.arange(3), "ndarray (3,) int64 [0, 1, 2]"),
        (np.array([[0.1, 2], [3, 4]], "f4"), "ndarray (2, 2) float32 [[0.1, 2.0], [3.0, 4.0]]"),
        (np.array(2.5), "ndarray () float64 2.5"),
        (np.array([]), "ndarray (0,) float64 []"),
        (np.zeros((2, 0)), "ndarray (2, 0) float64 [[], []]"),
        (np.array(["a", "b'"]), "ndarray (2,) <U2 ['a', \"b'\"]"),
        (np.array([b"a"]), "ndarray (1,) |S1 [b'a']"),
        (np.array([True, False]), "ndarray (2,) bool [True, False]"),
        (np.array([1 + 2j]), "ndarray (1,) complex128 [(1+2j)]"),
        (np.array(["2020-01-02"], "M8[D]"), "ndarray (1,) datetime64[D] [2020-01-02]"),
        (np.array([(1, 2.5)], [("a", "i4"), ("b", "f8")]), "ndarray (1,) [('a', '<i4'), ('b', '<f8')] [(1, 2.5)]"),
        (np.array([[1], {"k": 2}], object), "ndarray (2,) object [[1], {'k': 2}]"),
        (np.ma.array([1, 2, 3], mask=[0, 1, 0]), "MaskedArray (3,) int64 [1, masked, 3]"),
        (np.ma.array([[1, 2]], mask=[[1, 0]]), "MaskedArray (1, 2) int64 [[masked, 2]]"),
        (np.ma.array([1, 2]), "MaskedArray (2,) int64 [1, 2]"),
        (np.zeros(1000), f"ndarray (1000,) float64 [{'0.0, ' * 30}…]"),
        (np.float64(1.5), "np.float64(1.5)"),
        ([np.int8(3)], "[np.int8(3)]"),
        (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), f"DataFrame 2 × 2 (a: int64, b: {pd.Series(['x']).dtype})"),
        (pd.DataFrame(), "DataFrame 0 × 0"),
        (pd.Series([1, 2]), "Series (2,) int64 [1, 2]"),
        (pd.Series([1, 2], index=["p", "q"]), "Series (2,) int64 {'p': 1, 'q': 2}"),
        (pd.RangeIndex(2), "RangeIndex (2,) int64 [0, 1]"),
        (pd.Categorical(["u", "v"]), "Categorical (2,) category ['u', 'v']"),
        (pd.array([1, None]), "IntegerArray (2,) Int64 [1, <NA>]"),
        (Slotted(1, [2]), "Slotted(number=1, items=[2])"),
        (Plain(1, [2]), "Plain(number=1, items=[2], word='w')"),
        (Model(number=3, more=9), "Model(number=3, word='x', more=9)"),
    ],
)
def test_one_line(value, text):
    if sys.platform == "win32":
        text = text.replace("int64", str(np.array([1]).dtype))
    assert shown(value) == text


def test_the_console_says_what_the_library_says():
    array, table = np.arange(3), pd.DataFrame({"a": [1]})
    looking = Looking()
    assert looking.run("array") == repr(array) == "array([0, 1, 2])"
    assert looking.run("table") == repr(table)
    assert looking.evaluate("array", "clipboard")["result"] == "array([0, 1, 2])"


def test_rows_of_an_array():
    array = np.arange(12.0).reshape(3, 4)
    looking = Looking()
    row = looking.local("array")
    assert (row["indexedVariables"], row["type"]) == (3, "ndarray")
    inside = looking.inside("array")
    assert inside["1"]["value"] == "[4.0, 5.0, 6.0, 7.0]"
    assert inside["1"]["evaluateName"] == "array[1]"
    assert inside["shape"]["value"] == "(3, 4)"
    assert inside["dtype"]["value"] == "dtype('float64')"
    assert inside["max"]["presentationHint"]["lazy"]
    assert looking.rows(inside["max"]["variablesReference"])[0]["value"] == "np.float64(11.0)"
    deeper = looking.named(inside["1"]["variablesReference"])
    assert deeper["2"]["value"] == "6.0"
    assert deeper["2"]["evaluateName"] == "array[1][2]"
    assert looking.evaluate("array[1][2]")["result"] == "np.float64(6.0)"
    looking.set(inside["1"]["variablesReference"], "2", "60")
    looking.set(looking.local("array")["variablesReference"], "0", "[9, 9, 9, 9]")
    assert array.tolist() == [[9, 9, 9, 9], [4, 5, 60, 7], [8, 9, 10, 11]]


def test_a_page_of_a_huge_array():
    array = np.broadcast_to(np.arange(1000, dtype="i8"), (10**12, 1000))
    assert array.shape[0] == 10**12
    looking = Looking()
    rows = looking.rows(looking.local("array")["variablesReference"], "indexed", 10**11, 2)
    assert [row["name"] for row in rows] == [str(10**11), str(10**11 + 1)]
    inside = looking.rows(rows[0]["variablesReference"], "indexed", 500, 2, hex=True)
    assert [row["value"] for row in inside] == ["0x1f4", "0x1f5"]


def test_records_and_fields():
    array = np.array([(1, 2.5), (3, 4.5)], [("a", "i4"), ("b", "f8")])
    looking = Looking()
    inside = looking.inside("array")
    assert inside["b"]["value"] == "ndarray (2,) float64 [2.5, 4.5]"
    record = looking.named(inside["1"]["variablesReference"])
    assert record["a"]["value"] == "np.int32(3)"
    assert record["a"]["evaluateName"] == "array[1]['a']"
    looking.set(inside["1"]["variablesReference"], "a", "7")
    assert array["a"].tolist() == [1, 7]


def test_what_a_zero_dimensional_array_has():
    array = np.array(5)
    looking = Looking()
    assert "indexedVariables" not in looking.local("array")
    inside = looking.inside("array")
    assert inside["()"]["evaluateName"] == "array[()]"
    looking.set(looking.local("array")["variablesReference"], "()", "6")
    assert array[()] == 6


def test_objects_in_an_array_are_the_program_s_own():
    element = Named()
    array = np.array([element, None], object)
    looking = Looking()
    held, name = looking.inspector.row_held(looking.local("array")["variablesReference"], "0")
    assert held.obj is element
    assert name == "array[0]"
    assert array[0] is element


def test_tables_by_rows_and_columns():
    table = pd.DataFrame({"a": range(1000), "b c": 0.5, 3: "x"})
    looking = Looking()
    row = looking.local("table")
    assert row["indexedVariables"] == 1000
    (page,) = looking.rows(row["variablesReference"], "indexed", 998, 1)
    assert (page["name"], page["value"]) == ("998", "a=998, b c=0.5, 3='x'")
    assert page["evaluateName"] == "table.iloc[998]"
    cells = looking.named(page["variablesReference"])
    assert (cells["a"]["value"], cells["a"]["evaluateName"]) == ("np.int64(998)", "table.iloc[998].iloc[0]")
    inside = {one["name"]: one for one in looking.rows(row["variablesReference"], "named")}
    assert inside["shape"]["value"] == "(1000, 3)"
    columns = looking.named(inside["columns"]["variablesReference"])
    assert list(columns) == ["a", "b c", "3"]
    assert columns["b c"]["evaluateName"] == "table['b c']"
    assert columns["3"]["evaluateName"] == "table[3]"
    assert columns["b c"]["value"].startswith("float64 [0.5, 0.5")
    for each in columns.values():
        assert looking.evaluate(each["evaluateName"])["type"] == "Series"
    looking.set(inside["columns"]["variablesReference"], "b c", "2.5")
    assert table["b c"].tolist() == [2.5] * 1000


def test_cells_are_set_in_the_table():
    table = pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5], "c": ["x", "y"]})
    looking = Looking()
    reference = looking.local("table")["variablesReference"]
    row = looking.rows(reference, "indexed", 1, 1)[0]["variablesReference"]
    looking.rows(row)
    assert looking.set(row, "a", "20")["value"] == "np.int64(20)"
    assert looking.set(row, "c", "'z'")["value"] == "'z'"
    columns = {one["name"]: one for one in looking.rows(reference, "named")}["columns"]["variablesReference"]
    column = looking.named(columns)["b"]["variablesReference"]
    looking.rows(column)
    assert looking.set(column, "0", "9.5")["value"] == "9.5"
    assert table.to_dict("list") == {"a": [1, 20], "b": [9.5, 1.5], "c": ["x", "z"]}
    assert str(table.dtypes["a"]) == "int64"


def test_labels_of_a_series():
    series = pd.Series([1, 2, 3], index=["p", "q", "p"], name="n")
    looking = Looking()
    reference = looking.local("series")["variablesReference"]
    rows = looking.rows(reference)
    assert [row["name"] for row in rows][:3] == ["p", "q", "p #2"]
    looking.set(reference, "p #2", "30")
    assert series.tolist() == [1, 2, 30]
    assert looking.inside("series")["name"]["value"] == "'n'"
    index = looking.local("series")
    assert index["type"] == "Series"


def test_members_of_a_model():
    model = Model(number=3, more=[1])
    looking = Looking()
    inside = looking.inside("model")
    assert inside["number"]["value"] == "3"
    assert inside["more"]["value"] == "[1]"
    assert inside["_private"]["value"] == "7"
    assert inside["twice"]["presentationHint"]["lazy"]
    assert looking.evaluate(inside["_private"]["evaluateName"])["result"] == "7"
    assert model


def test_subclasses_are_not_asked():
    array, table = np.arange(6.0).reshape(2, 3).view(Sub), Frame({"a": [1, 2]})
    array._ready = True
    CALLED.clear()
    looking = Looking()
    assert looking.local("array")["value"] == "Sub (2, 3) float64 [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]"
    assert looking.local("table")["value"] == "Frame 2 × 1 (a: int64)"
    inside = looking.inside("array")
    assert inside["0"]["value"] == "[0.0, 1.0, 2.0]"
    assert inside["extra"]["value"] == "5"
    assert inside["_ready"]["value"] == "True"
    assert looking.inside("table")["1"]["value"] == "a=2"
    looking.expand(looking.scope("Locals"), 3)
    assert CALLED == []
    assert isinstance(table, Frame)


@pytest.mark.parametrize("cls", [pd.DataFrame, pd.Series, pd.Index, pydantic.BaseModel])
def test_objects_that_are_half_made(cls):
    value = object.__new__(cls)
    looking = Looking()
    row = looking.local("value")
    assert "cannot be shown" in row["value"] or "nested too deeply" in row["value"] or row["value"] == "BaseModel()"
    rows = looking.rows(row["variablesReference"])
    assert cls is pydantic.BaseModel or any("cannot be shown" in one["value"] for one in rows)
    assert value is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros(1, [("a", "i4", (2,)), ("b", [("c", "f4")])]), "[([0, 0], (0.0,))]"),
        (np.ma.array(5, mask=True), "MaskedArray () int64 masked"),
        (np.arange(3)[::-1], "[2, 1, 0]"),
        (np.zeros((2, 0, 3)), "[[], []]"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "(a: int64, a: int64)"),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "(('a', 'b'): int64)"),
        (pd.Series(pd.date_range("2020", periods=1, tz="UTC")), "[Timestamp('2020-01-01 00:00:00+0000', tz='UTC')]"),
        (pd.interval_range(0, 1), "[Interval(0, 1, closed='right')]"),
        (pd.Series(pd.arrays.SparseArray([0, 1])), "[0, 1]"),
        (pd.DataFrame(index=[1, 2]), "DataFrame 2 × 0"),
    ],
)
def test_odd_ones(value, text):
    looking = Looking()
    row = looking.local("value")
    assert row["value"].endswith(text)
    rows = looking.rows(row["variablesReference"])
    assert not [one for one in rows if "cannot be shown" in one["value"]]
    assert value is not None


def test_a_repr_of_the_user_s_own_counts():
    class Own(np.ndarray):
        def __repr__(self):
            return "mine"

    assert shown(np.arange(3).view(Own)) == "mine"


def test_classes_that_only_bear_the_name():
    ndarray = type("ndarray", (), {"__module__": "numpy", "shape": property(refuse("shape"))})
    assert shown(ndarray()).startswith("<numpy.ndarray object at ")


def test_nothing_is_imported():
    """A module of that name that the program has half loaded is not asked for more."""
    lazy = types.ModuleType("torch")
    lazy.__getattr__ = refuse("module __getattr__")
    CALLED.clear()
    sys.modules["torch"] = lazy
    try:
        Tensor = type("Tensor", (), {})
        assert shown(Tensor()).startswith("<")
    finally:
        del sys.modules["torch"]
    assert CALLED == []


def make_world():
    array = np.arange(6.0).reshape(2, 3)
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    return [
        array, array[0], np.array(1), np.array([(1, 2.5)], [("a", "i4"), ("b", "f8")]), np.array([[1], {}], object),
        np.ma.array([[1, 2]], mask=[[0, 1]]), np.float32(1), array.view(np.matrix), np.array(["a"]),
        table, table["a"], table.index, table.columns, pd.Series([1, 2], index=["p", "q"]), pd.Categorical(["u", "v"]),
        pd.date_range("2020", periods=2), pd.Series(["x", [1]], dtype=object), pd.array([1, None]),
        pd.MultiIndex.from_tuples([(1, "a")]), Slotted(1, [2]), Plain(1, [2]), Model(more=1),
    ]  # fmt: skip


def counts(world):
    gc.collect()
    # Of weak references pandas keeps some that are dead.
    objects = sum(type(one) is not weakref.ref for one in gc.get_objects())
    return f"{objects} {[sys.getrefcount(one) for one in world]}"


def memos(world):
    """Return what pandas remembers of its objects in places that the program sees."""
    indexes = [axis for one in world if isinstance(one, pd.DataFrame | pd.Series) for axis in one._mgr.axes]
    indexes += [one for one in world if isinstance(one, pd.Index)]
    attributes = [sorted(vars(one)) for one in world if isinstance(one, pd.DataFrame | pd.Series | pd.Index)]
    return [sorted(index._cache) for index in indexes], attributes


def look(frame):
    looking = Looking(frame)
    rows = looking.expand(looking.scope("Locals"), 4)
    looking.release()
    return rows


def test_looking_leaves_memos():
    world = make_world()
    before = memos(world)
    assert look(sys._getframe()) > 150
    assert memos(world) == before


def test_looking_leaves_counts():
    world = make_world()
    look(sys._getframe())  # the blocks that pandas stores data in have noted their own dtype by then
    counts(world)
    before = counts(world)
    look(sys._getframe())
    assert counts(world) == before


def test_an_array_that_is_shown_has_no_more_references():
    """What counts them would otherwise refuse: `resize` does."""
    array = np.arange(12).reshape(3, 4)
    world = [array]
    looking = Looking()
    before = sys.getrefcount(array)
    looking.expand(looking.inside("world")["0"]["variablesReference"], 3)
    assert sys.getrefcount(array) == before + 1  # the one that the stop has
    looking.release()
    assert sys.getrefcount(array) == before
    assert world
