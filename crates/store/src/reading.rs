//! Reads one group of the file without trust: every dataset and attribute is checked for being there,
//! for its type and for its shape before it is used, and a fault names it. No link leads out of the
//! file, and no more is read altogether than so large a file can hold.
//!
//! It knows no more of a record than that it is made of named arrays.

use std::cell::Cell;
use std::collections::HashSet;

use hdf5::dataset::Layout;
use hdf5::filters::Filter;
use hdf5::types::VarLenUnicode;
use hdf5::{Attribute, Container, Dataset, Group, H5Type, LinkType, Location};
use ndarray::ArrayD;

use super::attribute::{attribute_place, is_unprintable, legal_name, place};
use super::error::{Checked, Fault};
use super::fixed;

/// Numbers that one byte of a file can hold: deflate shrinks at most 1032-fold, a number is 8 bytes.
const NUMBERS_A_BYTE: u64 = 1032 / 8;
/// Most numbers in a small file, 480 MB, and most numbers for each byte of a large one.
const NUMBERS_ALTOGETHER: [u64; 2] = [60_000_000, 16];

/// Numbers that a member of a group counts for.
const NUMBERS_A_LINK: u64 = 16;

/// Limits of reading a file.
pub(super) struct Trust {
    /// Its length in bytes.
    bytes: u64,
    /// Numbers that may still be read: a file that claims more than it can hold is damaged, and reading it
    /// would need absurd amounts of memory.
    left: Cell<u64>,
    /// Whether texts of variable length are read. The library reads them from a heap whose damage crashes it:
    /// only where that is no harm.
    variable_texts: bool,
}

impl Trust {
    /// In a file of `bytes` bytes.
    pub(super) fn new(bytes: u64, variable_texts: bool) -> Self {
        let [few, a_byte] = NUMBERS_ALTOGETHER;
        let most = few.max(bytes.saturating_mul(a_byte)).min(bytes.saturating_mul(NUMBERS_A_BYTE));
        Self { bytes, left: Cell::new(most), variable_texts }
    }

    /// Takes this many numbers from what may be read.
    fn spend(&self, numbers: u64) -> bool {
        let left = self.left.get().checked_sub(numbers);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// A group being read.
pub(super) struct Reading<'a> {
    group: Group,
    trust: &'a Trust,
}

impl<'a> Reading<'a> {
    /// A group whose members all lie in the file itself.
    pub(super) fn new(group: Group, trust: &'a Trust) -> Checked<Self> {
        let mut elsewhere = None;
        let mut links = 0_u64;
        group
            .iter_visit_default(|name: &str, link: hdf5::LinkInfo| {
                links += 1;
                if link.link_type != LinkType::Hard {
                    elsewhere = Some(name.to_owned());
                }
                Ok(())
            })
            .map_err(|error| Fault::library(&group.name(), &error))?;
        if !trust.spend(NUMBERS_A_LINK * links) {
            return Err(Fault::refused(
                &group.name(),
                "has more members, with those of others, than a record has",
            ));
        }
        match elsewhere {
            Some(name) => Err(Fault::refused(&place(&group, &name), "is a link to something else")),
            None => Ok(Self { group, trust }),
        }
    }

    /// A group within.
    pub(super) fn group(&self, name: &str) -> Checked<Self> {
        self.exists(name)?;
        let group = self.group.group(name).map_err(|error| self.library(name, &error))?;
        Self::new(group, self.trust)
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
        self.text_at(&self.group, name)
    }

    /// An attribute that lists names, separated by commas, no name twice.
    pub(super) fn names(&self, attribute: &str) -> Checked<Vec<String>> {
        let text = self.text(attribute)?;
        let names: Vec<_> = text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let at = attribute_place(&self.group, attribute);
        let mut unique = HashSet::new();
        for name in &names {
            legal_name(&at, name)?;
            if !unique.insert(name) {
                return Err(Fault::refused(&at, format!("lists {name} twice")));
            }
        }
        Ok(names)
    }

    /// A numeric attribute of the group.
    pub(super) fn number<T: H5Type>(&self, name: &str) -> Checked<T> {
        let attribute = attribute(&self.group, name)?;
        Container::read_scalar(&attribute)
            .map_err(|error: hdf5::Error| Fault::library(&attribute_place(&self.group, name), &error))
    }

    /// A flag: whether an attribute is not 0.
    pub(super) fn flag(&self, name: &str) -> Checked<bool> {
        Ok(self.number::<i64>(name)? != 0)
    }

    /// A numeric attribute of one number or several, at most `most`.
    pub(super) fn numbers(&self, name: &str, most: usize) -> Checked<Vec<f64>> {
        let at = attribute_place(&self.group, name);
        let attribute = attribute(&self.group, name)?;
        match attribute.size() {
            count if (count == 1 || count == most) && self.trust.spend(count as u64) => {
                attribute.read_raw().map_err(|error| Fault::library(&at, &error))
            }
            count => Err(Fault::refused(&at, format!("has {count} values where 1 or {most} are needed"))),
        }
    }

    /// A text attribute of a dataset.
    pub(super) fn text_of(&self, name: &str, attribute: &str) -> Checked<String> {
        let dataset = self.dataset(name)?;
        self.text_at(&dataset, attribute)
    }

    /// The meaning (`long_name`) of a dataset.
    pub(super) fn meaning(&self, name: &str) -> Checked<String> {
        self.text_of(name, "long_name")
    }

    /// A coordinate variable: one line of at least one number.
    pub(super) fn line<T: H5Type>(&self, name: &str) -> Checked<Vec<T>> {
        let dataset = self.dataset(name)?;
        match self.shape(name, &dataset)?[..] {
            [length] if length > 0 => {
                self.spend(name, length)?;
                dataset.read_raw().map_err(|error| self.library(name, &error))
            }
            ref other => Err(self.fault(name, format!("is no line of numbers: its shape is {other:?}"))),
        }
    }

    /// An array whose shape is known from elsewhere.
    pub(super) fn array<T: H5Type>(&self, name: &str, shape: &[usize]) -> Checked<ArrayD<T>> {
        let dataset = self.dataset(name)?;
        let found = self.shape(name, &dataset)?;
        if found != shape {
            return Err(self.fault(name, format!("has shape {found:?} where {shape:?} is needed")));
        }
        self.spend(name, shape.iter().product())?;
        dataset.read_dyn().map_err(|error| self.library(name, &error))
    }

    /// The number of dimensions of a dataset.
    pub(super) fn rank(&self, name: &str) -> Checked<usize> {
        let dataset = self.dataset(name)?;
        Ok(self.shape(name, &dataset)?.len())
    }

    /// The fault that a dataset or group within is wrong.
    pub(super) fn fault(&self, name: &str, reason: impl ToString) -> Fault {
        Fault::refused(&place(&self.group, name), reason)
    }

    fn library(&self, name: &str, error: &hdf5::Error) -> Fault {
        Fault::library(&place(&self.group, name), error)
    }

    fn exists(&self, name: &str) -> Checked<()> {
        if self.group.link_exists(name) { Ok(()) } else { Err(self.fault(name, "is missing")) }
    }

    /// A dataset whose numbers lie in the file itself, packed by our filters alone.
    fn dataset(&self, name: &str) -> Checked<Dataset> {
        self.exists(name)?;
        let dataset = self.group.dataset(name).map_err(|error| self.library(name, &error))?;
        let plan = dataset.dcpl().map_err(|error| self.library(name, &error))?;
        if !plan.external().is_empty() || plan.layout() == Layout::Virtual {
            return Err(self.fault(name, "keeps its numbers in another file"));
        }
        if !dataset.filters().iter().all(|filter: &Filter| {
            matches!(filter, Filter::Shuffle | Filter::Deflate(_) | Filter::Fletcher32)
        }) {
            return Err(self.fault(name, "is packed by a filter that meanfield does not use"));
        }
        // A piece is unpacked whole, whatever is read of it.
        let numbers = product(&dataset.chunk().unwrap_or_default());
        match numbers.is_some_and(|numbers| numbers <= self.most() && self.trust.spend(numbers)) {
            true => Ok(dataset),
            false => Err(self.fault(name, "lies in pieces larger than the file can hold")),
        }
    }

    /// The shape of a dataset, small enough to be read.
    fn shape(&self, name: &str, dataset: &Dataset) -> Checked<Vec<usize>> {
        let shape = dataset.get_shape().map_err(|error| self.library(name, &error))?;
        match product(&shape).is_some_and(|numbers| numbers <= self.most()) {
            true => Ok(shape),
            false => Err(self.fault(name, format!("claims shape {shape:?}, more than the file can hold"))),
        }
    }

    /// The most numbers that the whole file can hold.
    fn most(&self) -> u64 {
        self.trust.bytes.saturating_mul(NUMBERS_A_BYTE)
    }

    fn spend(&self, name: &str, numbers: usize) -> Checked<()> {
        match self.trust.spend(numbers as u64) {
            true => Ok(()),
            false => Err(self.fault(name, "is more than the file can hold, with all that was read before")),
        }
    }

    fn text_at(&self, object: &Location, name: &str) -> Checked<String> {
        let at = attribute_place(object, name);
        let attribute = attribute(object, name)?;
        let text = String::from_utf8(self.bytes_of(&at, &attribute)?);
        let text =
            text.map_err(|error| Fault::refused(&at, format!("is no text: {}", error.utf8_error())))?;
        match text.chars().any(is_unprintable) {
            true => Err(Fault::refused(&at, "holds control characters")),
            false => Ok(text),
        }
    }

    fn bytes_of(&self, at: &str, attribute: &Attribute) -> Checked<Vec<u8>> {
        match fixed::length(attribute) {
            Some(length) if length as u64 <= self.trust.bytes && self.trust.spend(length as u64 / 8) => {
                fixed::read(attribute, length).map_err(|reason| Fault::refused(at, reason))
            }
            None if self.trust.variable_texts => {
                let text: hdf5::Result<VarLenUnicode> = Container::read_scalar(attribute);
                // Not `as_str`, which believes the file that these bytes are UTF-8.
                text.map(|text| text.as_bytes().to_vec()).map_err(|error| Fault::library(at, &error))
            }
            _ => Err(Fault::refused(at, "is no text as meanfield writes them")),
        }
    }
}

fn product(shape: &[usize]) -> Option<u64> {
    shape.iter().try_fold(1_u64, |product, &n| product.checked_mul(n as u64))
}

fn attribute(object: &Location, name: &str) -> Checked<Attribute> {
    object.attr(name).map_err(|_| Fault::refused(&attribute_place(object, name), "is missing"))
}
