#!/usr/bin/env python3
"""Reads a record.h5 with h5py, xarray (h5netcdf and netcdf4) and netCDF4, and compares them.

Usage: read_record.py <record.h5> [--one-scenario]. Prints one line a variable; status 1 if a scale is missing or
wrong, if times are no coordinates, with --one-scenario if planned times differ, or if the
readers disagree on dimensions, values, units or attributes. It computes nothing.
"""

import sys

import h5py
import netCDF4
import numpy
import xarray

BOOKKEEPING = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_Netcdf4Dimid"}
TIMES = {"planned_time", "snapshot_time", "planned_snapshot_time", "observed_time", "observed_snapshot_time"}
mistakes = []


def check(holds, where, what):
    if not holds:
        mistakes.append(f"{where}: {what}")


def plain(value):
    """Any reader's array as numpy's, names as str."""
    array = numpy.asarray(value)
    if array.dtype.kind in "OSU" or array.dtype.kind == "T":
        return [x.decode() if isinstance(x, bytes) else str(x) for x in array.ravel()]
    return array


def same(a, b):
    a, b = plain(a), plain(b)
    if isinstance(a, list) or isinstance(b, list):
        return list(a) == list(b)
    return a.shape == b.shape and a.dtype.kind == b.dtype.kind and numpy.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def public(attributes):
    return {name: value for name, value in attributes.items() if name not in BOOKKEEPING}


def same_attributes(a, b):
    return set(a) == set(b) and all(same(a[name], b[name]) for name in a)


def groups_of(file):
    groups = [file]
    file.visititems(lambda _, item: groups.append(item) if isinstance(item, h5py.Group) else None)
    return groups


def is_scale(variable):
    return h5py.h5ds.is_scale(variable.id)


def dimensions(variable, where):
    """Names of the scales attached to a variable, each checked against its coordinate variable."""
    name = variable.name.rsplit("/", 1)[1]
    if is_scale(variable):
        check(variable.ndim == 1, where, "a scale must be a line")
        check(h5py.h5ds.get_scale_name(variable.id).decode() == name, where, "NAME differs from the scale's own name")
        return (name,)
    names = []
    for position, length in enumerate(variable.shape):
        scales = variable.dims[position]
        check(len(scales) == 1, where, f"dimension {position} has {len(scales)} scales")
        if len(scales) != 1:
            return None
        scale = scales[0]
        names.append(scale.name.rsplit("/", 1)[1])
        check(h5py.h5ds.is_attached(variable.id, scale.id, position), where, f"{scale.name} does not list it")
        check(scale.parent == variable.parent, where, f"the scale {scale.name} is of another group")
        check(scale.shape == (length,), where, f"{scale.name} has shape {scale.shape}, the dimension {length}")
    return tuple(names)


def check_h5py(group):
    """Dimensions of every variable of a group, as h5py sees them."""
    seen = {}
    for name, item in group.items():
        if isinstance(item, h5py.Dataset):
            where = f"h5py {item.name}"
            seen[name] = dimensions(item, where)
            names = h5py.check_string_dtype(item.dtype) is not None
            check(bool(item.attrs.get("long_name")), where, "no long_name")
            check(names or plain(item.attrs.get("units")) == ["1"], where, "no units")
            item[()]
    return seen


def check_dimension_numbers(file):
    numbers = []
    note = lambda _, item: numbers.append(int(item.attrs["_Netcdf4Dimid"])) if "_Netcdf4Dimid" in item.attrs else None
    file.visititems(note)
    check(sorted(numbers) == list(range(len(numbers))), "h5py", f"_Netcdf4Dimid are {sorted(numbers)}")


def check_xarray(path, group, seen, engine):
    where = f"xarray/{engine} {group.name}"
    with xarray.open_dataset(path, group=group.name, engine=engine) as data:
        data.load()
        check(set(data.variables) == set(seen), where, f"variables {sorted(data.variables)}, h5py {sorted(seen)}")
        check(set(data.dims) == {name for name in seen if is_scale(group[name])}, where, f"dims {dict(data.sizes)}")
        check(set(data.dims) <= set(data.coords), where, "a dimension without coordinate variable")
        check(same_attributes(data.attrs, public(group.attrs)), where, f"attributes {sorted(data.attrs)}")
        for name in set(seen) & set(data.variables):
            variable = data[name]
            check(variable.dims == seen[name], f"{where}/{name}", f"dims {variable.dims}, h5py {seen[name]}")
            check(same(variable.values, group[name][()]), f"{where}/{name}", "other values than h5py")
            check(variable.dtype.kind != "S", f"{where}/{name}", "names that are no text: nothing is found by them")
            told = public(group[name].attrs)
            # xarray takes this attribute for itself: it makes coordinates of what it names.
            named = plain(told.pop("coordinates", numpy.str_("")))[0].split()
            check(set(named) <= set(variable.coords), f"{where}/{name}", f"{named} are no coordinates of it")
            check(same_attributes(variable.attrs, told), f"{where}/{name}", "other attributes")
        check(TIMES & set(seen) <= set(data.coords), where, f"times are no coordinates: {sorted(data.coords)}")


def check_netcdf(dataset, group, seen):
    where = f"netCDF4 {group.name}"
    here = dataset if group.name == "/" else dataset[group.name]
    lengths = {name: dimension.size for name, dimension in here.dimensions.items()}
    scales = {name: group[name].shape[0] for name in seen if is_scale(group[name])}
    check(lengths == scales, where, f"dimensions {lengths}, h5py {scales}")
    check(set(here.variables) == set(seen), where, f"variables {sorted(here.variables)}, h5py {sorted(seen)}")
    check(same_attributes({n: here.getncattr(n) for n in here.ncattrs()}, public(group.attrs)), where, "other attributes")
    for name in set(seen) & set(here.variables):
        variable = here.variables[name]
        variable.set_auto_mask(False)
        attributes = {n: variable.getncattr(n) for n in variable.ncattrs()}
        check(variable.dimensions == seen[name], f"{where}/{name}", f"dims {variable.dimensions}, h5py {seen[name]}")
        check(same(variable[...], group[name][()]), f"{where}/{name}", "other values than h5py")
        check(same_attributes(attributes, public(group[name].attrs)), f"{where}/{name}", "other attributes")


def check_planned_times(file):
    """The planned times of all systems that were followed, in a file of one scenario."""
    times = [group["planned_time"][()] for group in file.values() if len(group.get("planned_time", [])) > 1]
    check(all(numpy.array_equal(times[0], other) for other in times[1:]), "h5py", "planned times differ")


def main(path):
    with h5py.File(path) as file, netCDF4.Dataset(path) as dataset:
        check_dimension_numbers(file)
        if "--one-scenario" in sys.argv:
            check_planned_times(file)
        for group in groups_of(file):
            seen = check_h5py(group)
            check_xarray(path, group, seen, "h5netcdf")
            check_xarray(path, group, seen, "netcdf4")
            check_netcdf(dataset, group, seen)
            for name, over in seen.items():
                variable = f"{group.name}/{name}({', '.join(over or ['?'])})"
                print(f"{variable:60} {str(group[name].shape):20} {group[name].attrs.get('long_name')}")
    for mistake in mistakes:
        print(f"WRONG  {mistake}", file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
