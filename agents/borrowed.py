"""How a kernel takes its arguments: it looks whether they are of its form, and borrows them.

Numba finds out the types of all arguments at every call, field by field of every tuple, and holds
each array while it is used; with arrays of 16 numbers that takes longer than the kernel itself.
What is compiled `as_borrowed` can be called directly: it compares the type, dtype and layout of
each array with those that it was compiled for, a few instructions each, and raises TypeError where
they differ.  A whole number is taken only from what is one.  The caller keeps the arrays alive; of
what a kernel returns nobody would, so that it must not return a part of an argument.

The layout of an array's head and of its dtype is that of NumPy's C interface (PyArrayObject and
PyArray_Descr) on machines of 64 bits, of which these fields are the same in NumPy 1 and 2.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from typing import Any

import numpy as np
from llvmlite import binding as llvm
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.boxing import unbox_array, unbox_integer
from numba.core.compiler_lock import global_compiler_lock
from numba.core.pythonapi import _unboxers as unboxers
from numba.extending import NativeValue
from numba.np.numpy_support import as_dtype

C_ORDER, FORTRAN_ORDER, ALIGNED, WRITEABLE = 0x1, 0x2, 0x100, 0x400  # flags of PyArrayObject
BYTE, WORD, INT = ir.IntType(8), ir.IntType(64), ir.IntType(32)
POINTER = BYTE.as_pointer()
KIND = object.__basicsize__ - 8  # where an object names its type; the fields of an array follow
DATA, DIMENSIONS, SHAPE, STRIDES, DTYPE, FLAGS = (
    KIND + 8 + place for place in (0, 8, 16, 24, 40, 48)
)
ORDER, NUMBER = KIND + 18, KIND + 20  # of PyArray_Descr
FOREIGN = ord(">" if sys.byteorder == "little" else "<")
NDARRAY = "shareshift_ndarray"  # code on the disk has its name, and not its place
llvm.add_symbol(NDARRAY, id(np.ndarray))
MISFIT = "an array is of another type, dtype or layout than the kernel was compiled for"


@contextmanager
def as_borrowed() -> Iterator[None]:
    """What is compiled in this block, and nothing else, borrows its arguments."""
    with global_compiler_lock:
        unboxers.functions |= {types.Array: borrow, types.Integer: whole_number}
        try:
            yield
        finally:
            unboxers.functions |= {types.Array: unbox_array, types.Integer: unbox_integer}


def borrow(typ: Any, obj: Any, c: Any) -> Any:
    """Take an array by its head, without holding it."""
    array = c.context.make_array(typ)(c.context, c.builder)
    arguments = c.builder.bitcast(obj, POINTER), array._getpointer()
    way = way_to_borrow(typ, arguments[1].type, c)
    misfits = c.builder.not_(c.builder.call(way, arguments))
    return NativeValue(array._getvalue(), is_error=misfits)


def way_to_borrow(typ: Any, view: Any, c: Any) -> Any:
    """What all arrays of a type are borrowed by in a module: whether one fits, and its view."""
    module, name = c.builder.module, f"shareshift_borrow_{flags_of(typ)}_{typ.ndim}_{typ.dtype}"
    if name in module.globals:
        return module.globals[name]
    way = ir.Function(module, ir.FunctionType(cgutils.bool_t, [POINTER, view]), name)
    way.linkage = "internal"
    way.attributes.add("noinline")  # there may be fifty such arguments
    builder, head = ir.IRBuilder(way.append_basic_block()), way.args[0]
    with builder.if_then(fits(typ, head, builder), likely=True):
        fill(c.context.make_array(typ)(c.context, builder, ref=way.args[1]), typ, head, builder)
        builder.ret(cgutils.true_bit)
    c.context.get_python_api(builder).err_set_string("PyExc_TypeError", MISFIT)
    builder.ret(cgutils.false_bit)
    return way


def fits(typ: Any, head: Any, builder: Any) -> Any:
    """Whether an object is an array of a type, and whether numbers of that type lie so in it."""
    module = builder.module
    ndarray = module.globals.get(NDARRAY) or ir.GlobalVariable(module, BYTE, NDARRAY)

    def is_equal(value: Any, wanted: Any) -> Any:
        return builder.icmp_unsigned("==", value, wanted)

    is_array = is_equal(read(builder, head, KIND, POINTER), builder.bitcast(ndarray, POINTER))
    found = cgutils.alloca_once_value(builder, cgutils.false_bit)
    with builder.if_then(is_array):
        needed, dtype = INT(flags_of(typ)), read(builder, head, DTYPE, POINTER)
        checks = (
            is_equal(read(builder, dtype, NUMBER, INT), INT(as_dtype(typ.dtype).num)),
            builder.not_(is_equal(read(builder, dtype, ORDER, BYTE), BYTE(FOREIGN))),
            is_equal(read(builder, head, DIMENSIONS, INT), INT(typ.ndim)),
            is_equal(builder.and_(read(builder, head, FLAGS, INT), needed), needed),
        )
        builder.store(reduce(builder.and_, checks), found)
    return builder.load(found)


def flags_of(typ: Any) -> int:
    """Flags that an array of a type must have."""
    layout: int = {"C": C_ORDER, "F": FORTRAN_ORDER, "A": 0}[typ.layout]
    return layout | ALIGNED * bool(typ.aligned) | WRITEABLE * bool(typ.mutable)


def fill(array: Any, typ: Any, head: Any, builder: Any) -> None:
    """Fill Numba's view of an array from its head; nobody counts who holds it."""
    axes = range(typ.ndim)
    numbers = (read(builder, head, offset, POINTER) for offset in (SHAPE, STRIDES))
    shape, strides = ([read(builder, of, 8 * axis, WORD) for axis in axes] for of in numbers)
    array.shape = cgutils.pack_array(builder, shape, ty=WORD)
    array.strides = cgutils.pack_array(builder, strides, ty=WORD)
    array.nitems = reduce(builder.mul, shape, WORD(1))
    array.itemsize = WORD(as_dtype(typ.dtype).itemsize)
    array.data = read(builder, head, DATA, array.data.type)
    array.parent = builder.bitcast(head, array.parent.type)


def read(builder: Any, head: Any, offset: int, kind: Any) -> Any:
    """What lies so many bytes behind an address."""
    place = builder.gep(head, [WORD(offset)])
    return builder.load(builder.bitcast(place, kind.as_pointer()))


def whole_number(typ: Any, obj: Any, c: Any) -> Any:
    """Take a whole number from what is one: Numba's own way would cut off what a float has more."""
    of_numbers = ir.FunctionType(c.pyapi.pyobj, [c.pyapi.pyobj])
    index = cgutils.get_or_insert_function(c.builder.module, of_numbers, "PyNumber_Index")
    number = c.builder.call(index, [obj])  # a new reference, or null
    value = unbox_integer(typ, number, c)
    c.pyapi.decref(number)
    return value
