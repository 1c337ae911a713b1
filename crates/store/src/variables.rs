//! One group of the file, as netCDF-4 wants it: dimensions with their coordinate variables first,
//! variables over them next, and the bookkeeping of dimension scales last.
//!
//! Scales are plain attributes and written by hand, without the high-level HDF5 library. It knows
//! shapes, names and units, not what a record is.

use std::cell::Cell;
use std::str::FromStr;

use hdf5::types::{VarLenArray, VarLenUnicode};
use hdf5::{Dataset, Group, H5Type, ObjectReference1};
use ndarray::{ArrayView, ArrayView1, ArrayViewD, Dimension as Rank};

use super::attribute::{legal_name, place, scalar, text};
use super::error::{Checked, Fault};
use super::fixed::{self, Encoding};

/// Larger arrays are compressed.
const COMPRESSED_FROM: usize = 1000;
/// Deflate's level: higher ones cost time and gain little on floating-point numbers.
const DEFLATE: u8 = 4;

/// A group being written. Call [`Variables::attach`] last.
pub(super) struct Variables<'a> {
    group: Group,
    /// The next number of a dimension, unique in the file.
    next: &'a Cell<i32>,
    dimensions: Vec<Dimension>,
    variables: Vec<Variable>,
}

struct Dimension {
    name: String,
    length: usize,
}

struct Variable {
    name: String,
    /// Indices into the dimensions.
    over: Vec<usize>,
    /// Whether it is an auxiliary coordinate.
    is_coordinate: bool,
}

/// One entry of a scale's `REFERENCE_LIST`: the names and order are the HDF5 library's.
#[derive(Clone, Copy, H5Type)]
#[repr(C)]
struct Use {
    dataset: ObjectReference1,
    dimension: u32,
}

impl<'a> Variables<'a> {
    /// Opens a new group of this name.
    pub(super) fn new(parent: &Group, name: &str, next: &'a Cell<i32>) -> Checked<Self> {
        let at = place(parent, name);
        legal_name(&at, name)?;
        if parent.link_exists(name) {
            return Err(Fault::unfit(&at, "the name is taken"));
        }
        let group = parent.create_group(name).map_err(|error| Fault::library(&at, &error))?;
        Ok(Self { group, next, dimensions: Vec::new(), variables: Vec::new() })
    }

    /// The group itself, for attributes and groups within it.
    pub(super) fn group(&self) -> &Group {
        &self.group
    }

    /// A dimension and its coordinate variable, dimensionless.
    pub(super) fn dimension<T: H5Type>(&mut self, name: &str, values: &[T], meaning: &str) -> Checked<()> {
        let scale = self.scale(name, values, meaning)?;
        text(&scale, "units", "1")
    }

    /// A dimension or variable that exists already, for further attributes.
    pub(super) fn existing(&self, variable: &str) -> Checked<Dataset> {
        let found = self.group.dataset(variable);
        found.map_err(|error: hdf5::Error| Fault::library(&place(&self.group, variable), &error))
    }

    /// A further attribute of a dimension or variable that exists already.
    pub(super) fn set_attribute(&self, variable: &str, attribute: &str, value: &str) -> Checked<()> {
        let dataset = self.existing(variable)?;
        text(&dataset, attribute, value)
    }

    /// A dimension that counts from 0.
    pub(super) fn index(&mut self, name: &str, length: usize, meaning: &str) -> Checked<()> {
        self.dimension(name, &(0..length as i64).collect::<Vec<_>>(), meaning)
    }

    /// A dimension whose coordinate variable is a list of names; names have no units.
    pub(super) fn dimension_of_names(&mut self, name: &str, names: &[String], meaning: &str) -> Checked<()> {
        // Of variable length, which all readers take for texts; this program never reads them.
        let names: Vec<_> = names
            .iter()
            .map(|name: &String| {
                VarLenUnicode::from_str(name).map_err(|error| self.unfit(name, error.to_string()))
            })
            .collect::<Checked<_>>()?;
        self.scale(name, &names, meaning).map(|_| ())
    }

    /// A dimensionless variable over dimensions that exist already.
    pub(super) fn variable<T: H5Type>(
        &mut self,
        name: &str,
        over: &[&str],
        values: ArrayViewD<T>,
        meaning: &str,
    ) -> Checked<()> {
        self.put(name, over, values, meaning, false)
    }

    /// An auxiliary coordinate, such as the time of a snapshot: variables name it in the attribute
    /// `coordinates`.
    pub(super) fn auxiliary<T: H5Type>(
        &mut self,
        name: &str,
        over: &[&str],
        values: ArrayViewD<T>,
        meaning: &str,
    ) -> Checked<()> {
        self.put(name, over, values, meaning, true)
    }

    fn put<T: H5Type>(
        &mut self,
        name: &str,
        over: &[&str],
        values: ArrayViewD<T>,
        meaning: &str,
        is_coordinate: bool,
    ) -> Checked<()> {
        let over = self.find(name, over)?;
        let shape: Vec<_> = over.iter().map(|&d| self.dimensions[d].length).collect();
        if values.shape() != shape {
            let has = values.shape();
            let names = self.names(&over);
            return Err(self.unfit(name, format!("has shape {has:?}, but ({names}) is {shape:?}")));
        }
        let dataset = self.dataset(name, values, meaning)?;
        text(&dataset, "units", "1")?;
        self.variables.push(Variable { name: name.into(), over, is_coordinate });
        Ok(())
    }

    /// Ties every variable to the scales of its dimensions, both ways.
    pub(super) fn attach(self) -> Checked<()> {
        self.variables.iter().try_for_each(|variable| self.name_coordinates(variable))?;
        self.dimensions.iter().enumerate().try_for_each(|(d, dimension)| self.name_times(d, dimension))?;
        self.list_dimensions()
            .and_then(|()| self.list_uses())
            .map_err(|error: hdf5::Error| Fault::library(&self.group.name(), &error))
    }

    fn scale<T: H5Type>(&mut self, name: &str, values: &[T], meaning: &str) -> Checked<Dataset> {
        if values.is_empty() {
            return Err(self.unfit(name, "has no values".into()));
        }
        let dataset = self.dataset(name, ArrayView1::from(values), meaning)?;
        self.mark(&dataset, name).map_err(|reason| Fault::refused(&place(&self.group, name), reason))?;
        self.dimensions.push(Dimension { name: name.into(), length: values.len() });
        Ok(dataset)
    }

    /// Makes a dataset a netCDF-4 dimension with a coordinate variable.
    fn mark(&self, dataset: &Dataset, name: &str) -> Result<(), String> {
        fixed::write(dataset, "CLASS", "DIMENSION_SCALE", Encoding::Ascii)?;
        fixed::write(dataset, "NAME", name, Encoding::Ascii)?;
        scalar(dataset, "_Netcdf4Dimid", &self.next.get()).map_err(|error| error.to_string())?;
        self.next.set(self.next.get() + 1);
        Ok(())
    }

    fn dataset<T: H5Type, R: Rank>(
        &self,
        name: &str,
        values: ArrayView<T, R>,
        meaning: &str,
    ) -> Checked<Dataset> {
        legal_name(&place(&self.group, name), name)?;
        if self.group.link_exists(name) {
            return Err(self.unfit(name, "the name is taken".into()));
        }
        let plain = self.group.new_dataset_builder().obj_track_times(false);
        let large = values.len() > COMPRESSED_FROM;
        let builder = if large { plain.shuffle().deflate(DEFLATE) } else { plain };
        let dataset = builder.with_data(values).create(name);
        let dataset = dataset.map_err(|error| Fault::library(&place(&self.group, name), &error))?;
        text(&dataset, "long_name", meaning)?;
        Ok(dataset)
    }

    fn find(&self, variable: &str, over: &[&str]) -> Checked<Vec<usize>> {
        over.iter()
            .map(|name: &&str| {
                let found = self.dimensions.iter().position(|d| d.name == *name);
                found.ok_or_else(|| self.unfit(variable, format!("there is no dimension {name}")))
            })
            .collect()
    }

    fn names(&self, over: &[usize]) -> String {
        over.iter().map(|&d| self.dimensions[d].name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn unfit(&self, name: &str, reason: String) -> Fault {
        Fault::unfit(&place(&self.group, name), reason)
    }

    /// `coordinates` of a variable: the auxiliary coordinates over some of its dimensions.
    fn name_coordinates(&self, variable: &Variable) -> Checked<()> {
        let auxiliary = self.variables.iter().filter(|other| other.is_coordinate);
        let names: Vec<&str> = auxiliary
            .filter(|other| {
                !variable.is_coordinate && other.over.iter().all(|d: &usize| variable.over.contains(d))
            })
            .map(|other| other.name.as_str())
            .collect();
        match names.is_empty() {
            true => Ok(()),
            false => self.set_attribute(&variable.name, "coordinates", &names.join(" ")),
        }
    }

    /// `coordinates` of a dimension over which there are auxiliary coordinates alone: nothing else names
    /// them.
    fn name_times(&self, d: usize, dimension: &Dimension) -> Checked<()> {
        let mut over = self.variables.iter().filter(|variable| variable.over.contains(&d)).peekable();
        if over.peek().is_none() || over.clone().any(|variable| !variable.is_coordinate) {
            return Ok(());
        }
        let names: Vec<&str> = over.filter(|own| own.over == [d]).map(|own| own.name.as_str()).collect();
        self.set_attribute(&dimension.name, "coordinates", &names.join(" "))
    }

    /// `DIMENSION_LIST` of each variable: the scale of each of its dimensions.
    fn list_dimensions(&self) -> hdf5::Result<()> {
        for variable in &self.variables {
            let scale = |&d: &usize| self.group.reference::<ObjectReference1>(&self.dimensions[d].name);
            let list = variable.over.iter().map(|d| scale(d).map(|scale| VarLenArray::from([scale])));
            let list = list.collect::<hdf5::Result<Vec<_>>>()?;
            let dataset = self.group.dataset(&variable.name)?;
            dataset.new_attr_builder().with_data(&list).create("DIMENSION_LIST")?;
        }
        Ok(())
    }

    /// `REFERENCE_LIST` of each scale: the variables that use it, and as which of their dimensions.
    fn list_uses(&self) -> hdf5::Result<()> {
        for (d, dimension) in self.dimensions.iter().enumerate() {
            let uses = self.uses(d)?;
            if !uses.is_empty() {
                let scale = self.group.dataset(&dimension.name)?;
                scale.new_attr_builder().with_data(&uses).create("REFERENCE_LIST")?;
            }
        }
        Ok(())
    }

    fn uses(&self, dimension: usize) -> hdf5::Result<Vec<Use>> {
        let mut uses = Vec::new();
        for variable in &self.variables {
            if let Some(position) = variable.over.iter().position(|&d| d == dimension) {
                let dataset = self.group.reference(&variable.name)?;
                uses.push(Use { dataset, dimension: position as u32 });
            }
        }
        Ok(uses)
    }
}
