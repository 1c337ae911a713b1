//! Writes attributes: texts, lists of names, numbers, flags; and checks names.
//!
//! It does not read (`reading` does), and does not lay out texts (`fixed` does).

use hdf5::{Group, H5Type, Location};

use super::error::{Checked, Fault};
use super::fixed::{self, Encoding};

/// Path of a member of a group, without the leading slash: `pde/risk`.
pub(super) fn place(group: &Group, member: &str) -> String {
    format!("{}/{member}", group.name()).trim_start_matches('/').to_owned()
}

/// A text attribute.
pub(super) fn text(object: &Location, name: &str, value: &str) -> Checked<()> {
    let at = available_place(object, name)?;
    fixed::write(object, name, &printable(value), Encoding::Utf8).map_err(|reason| Fault::unfit(&at, reason))
}

/// A text attribute that lists names, separated by commas.
pub(super) fn list(object: &Location, name: &str, values: &[&str]) -> Checked<()> {
    values.iter().try_for_each(|value| legal_name(&attribute_place(object, name), value))?;
    text(object, name, &values.join(","))
}

/// A numeric attribute.
pub(super) fn number<T: H5Type>(object: &Location, name: &str, value: T) -> Checked<()> {
    let at = available_place(object, name)?;
    scalar(object, name, &value).map_err(|error| Fault::library(&at, &error))
}

/// A numeric attribute: one number, or a list of several.
pub(super) fn numbers<T: H5Type>(object: &Location, name: &str, values: &[T]) -> Checked<()> {
    let at = available_place(object, name)?;
    let written = match values {
        [value] => scalar(object, name, value),
        values => object.new_attr_builder().with_data(values).create(name).map(|_| ()),
    };
    written.map_err(|error| Fault::library(&at, &error))
}

/// A flag as an unsigned byte, 1 or 0. (netCDF-4 would not show a Boolean of HDF5, an enumeration.)
pub(super) fn flag(object: &Location, name: &str, holds: bool) -> Checked<()> {
    number(object, name, u8::from(holds))
}

/// Name in messages of an attribute whose name is legal and not taken.
fn available_place(object: &Location, name: &str) -> Checked<String> {
    let at = attribute_place(object, name);
    legal_name(&at, name)?;
    match object.attr(name) {
        Ok(_) => Err(Fault::unfit(&at, "the name is taken")),
        Err(_) => Ok(at),
    }
}

/// Name of an attribute in messages.
pub(super) fn attribute_place(object: &Location, name: &str) -> String {
    match object.name().trim_start_matches('/') {
        "" => format!("attribute {name}"),
        owner => format!("attribute {name} of {owner}"),
    }
}

/// A scalar attribute, unchecked.
pub(super) fn scalar<T: H5Type>(object: &Location, name: &str, value: &T) -> hdf5::Result<()> {
    object.new_attr::<T>().create(name)?.write_scalar(value)
}

/// Checks a name by the rules of HDF5 (no slash), netCDF (first character, no spaces at the end) and our
/// lists (no comma).
pub(super) fn legal_name(at: &str, name: &str) -> Checked<()> {
    let begins = name.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let goes_on = name.chars().all(|c| !c.is_control() && !matches!(c, '/' | ','));
    match begins && goes_on && name.trim_end() == name {
        true => Ok(()),
        false => Err(Fault::unfit(
            at,
            format!("{name:?} cannot be a name: begin with a letter or digit, without '/' and ','"),
        )),
    }
}

/// A text without control characters, which are refused in reading.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if is_unprintable(c) && c != '\0' { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

/// Whether a character controls a terminal.
pub(super) fn is_unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}
