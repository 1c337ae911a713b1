//! Reading one group of the file, trusting nothing: every dataset and attribute is checked for
//! being there, for its type and for its shape before it is used, and a fault names it.
//!
//! It knows no more of a record than that it is made of named arrays.

use hdf5::types::VarLenUnicode;
use hdf5::{Container, Dataset, Group, H5Type, Location};
use ndarray::ArrayD;

use super::attribute::{attribute_place, place};
use super::error::{Checked, Fault};

/// Numbers that one byte of a file can hold: deflate shrinks at most 1032-fold, a number is 8 bytes.
/// A dataset that claims more is damaged, and reading it would ask for absurd amounts of memory.
const NUMBERS_A_BYTE: u64 = 1032 / 8;

/// A group being read.
pub(super) struct Reading {
    group: Group,
    /// The most numbers that the whole file can hold.
    most: u64,
}

impl Reading {
    /// The root of a file of `bytes` bytes.
    pub(super) fn root(group: Group, bytes: u64) -> Self {
        Self { group, most: bytes.saturating_mul(NUMBERS_A_BYTE) }
    }

    /// A group within.
    pub(super) fn group(&self, name: &str) -> Checked<Self> {
        let group = self.group.group(name).map_err(|error| self.fault(name, error))?;
        Ok(Self { group, most: self.most })
    }

    /// Whether there is a dataset of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.group.link_exists(name)
    }

    /// Whether the group has an attribute of this name.
    pub(super) fn has_attribute(&self, name: &str) -> bool {
        self.group.attr(name).is_ok()
    }

    /// A text attribute of the group.
    pub(super) fn text(&self, name: &str) -> Checked<String> {
        text(&self.group, name)
    }

    /// An attribute that lists names, separated by commas.
    pub(super) fn names(&self, attribute: &str) -> Checked<Vec<String>> {
        let text = self.text(attribute)?;
        Ok(text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// A numeric attribute of the group.
    pub(super) fn number<T: H5Type>(&self, name: &str) -> Checked<T> {
        scalar(&self.group, name)
    }

    /// A numeric attribute of one number or several, at most `most`.
    pub(super) fn numbers(&self, name: &str, most: usize) -> Checked<Vec<f64>> {
        let at = attribute_place(&self.group, name);
        let attribute = self.group.attr(name).map_err(|_| Fault::refused(&at, "is missing"))?;
        match attribute.size() {
            count if count == 1 || count == most => {
                attribute.read_raw().map_err(|error| Fault::refused(&at, error))
            }
            count => Err(Fault::refused(&at, format!("has {count} values where 1 or {most} are needed"))),
        }
    }

    /// A text attribute of a dataset.
    pub(super) fn text_of(&self, name: &str, attribute: &str) -> Checked<String> {
        let dataset = self.dataset(name)?;
        text(&dataset, attribute)
    }

    /// The meaning (`long_name`) of a dataset.
    pub(super) fn meaning(&self, name: &str) -> Checked<String> {
        self.text_of(name, "long_name")
    }

    /// A coordinate variable: one line of at least one number.
    pub(super) fn line<T: H5Type>(&self, name: &str) -> Checked<Vec<T>> {
        let dataset = self.dataset(name)?;
        match self.shape(name, &dataset)?[..] {
            [length] if length > 0 => dataset.read_raw().map_err(|error| self.fault(name, error)),
            ref other => Err(self.fault(name, format!("is no line of numbers: its shape is {other:?}"))),
        }
    }

    /// An array whose shape is known from elsewhere.
    pub(super) fn array<T: H5Type>(&self, name: &str, shape: &[usize]) -> Checked<ArrayD<T>> {
        let dataset = self.dataset(name)?;
        let found = self.shape(name, &dataset)?;
        match found == shape {
            true => dataset.read_dyn().map_err(|error| self.fault(name, error)),
            false => Err(self.fault(name, format!("has shape {found:?} where {shape:?} is needed"))),
        }
    }

    /// The number of dimensions of a dataset.
    pub(super) fn rank(&self, name: &str) -> Checked<usize> {
        let dataset = self.dataset(name)?;
        Ok(self.shape(name, &dataset)?.len())
    }

    /// Something is wrong with a dataset or group within.
    pub(super) fn fault(&self, name: &str, reason: impl ToString) -> Fault {
        Fault::refused(&place(&self.group, name), reason)
    }

    fn dataset(&self, name: &str) -> Checked<Dataset> {
        match self.group.dataset(name) {
            Ok(dataset) => Ok(dataset),
            Err(_) if !self.group.link_exists(name) => Err(self.fault(name, "is missing")),
            Err(error) => Err(self.fault(name, error)),
        }
    }

    /// The shape of a dataset, small enough to be read.
    fn shape(&self, name: &str, dataset: &Dataset) -> Checked<Vec<usize>> {
        let shape = dataset.get_shape().map_err(|error| self.fault(name, error))?;
        let numbers = shape.iter().try_fold(1_u64, |product, &n| product.checked_mul(n as u64));
        match numbers.is_some_and(|numbers| numbers <= self.most) {
            true => Ok(shape),
            false => Err(self.fault(name, format!("claims shape {shape:?}, more than the file can hold"))),
        }
    }
}

fn text(object: &Location, name: &str) -> Checked<String> {
    let text: VarLenUnicode = scalar(object, name)?;
    // Not `as_str`, which believes the file that these bytes are UTF-8.
    let bytes = text.as_bytes().to_vec();
    String::from_utf8(bytes).map_err(|error| Fault::refused(&attribute_place(object, name), error))
}

fn scalar<T: H5Type>(object: &Location, name: &str) -> Checked<T> {
    let fault = |error: hdf5::Error| Fault::refused(&attribute_place(object, name), error);
    let attribute =
        object.attr(name).map_err(|_| Fault::refused(&attribute_place(object, name), "is missing"))?;
    Container::read_scalar(&attribute).map_err(fault)
}
