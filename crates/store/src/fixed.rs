//! Texts of fixed length in attributes, null-terminated UTF-8. Those of variable length would lie in HDF5's
//! global heap, which has no checksum, and in which a damaged byte crashes the library. (The dimension-scale
//! library insists on null-terminated ones too, and the safe bindings can write neither kind.)

#![expect(
    unsafe_code,
    reason = "the safe bindings offer no strings of a length that is not known beforehand"
)]

use std::ffi::CString;

use hdf5::types::TypeDescriptor;
use hdf5::{Attribute, Location};
use hdf5_sys::h5a::{H5Aclose, H5Acreate2, H5Aread, H5Awrite};
use hdf5_sys::h5i::hid_t;
use hdf5_sys::h5p::H5P_DEFAULT;
use hdf5_sys::h5s::{H5S_class_t, H5Sclose, H5Screate};
use hdf5_sys::h5t::{
    H5T_C_S1, H5T_cset_t, H5T_str_t, H5Tclose, H5Tcopy, H5Tset_cset, H5Tset_size, H5Tset_strpad,
};

/// Encoding of a text's bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As the dimension-scale library has its marks.
    Ascii,
    /// Everything else.
    Utf8,
}

/// Gives `object` the scalar attribute `name` = `text`.
pub(super) fn write(object: &Location, name: &str, text: &str, encoding: Encoding) -> Result<(), String> {
    let refused = |_| "the text holds a null character".to_owned();
    let c_name = CString::new(name).map_err(refused)?;
    let c_text = CString::new(text).map_err(refused)?;
    // The library is one for the process: nobody else may be inside it between these calls.
    let _lock = hdf5_sys::LOCK.lock();
    let string = string_type(c_text.as_bytes_with_nul().len(), encoding);
    // SAFETY: a plain call under the library's lock; a failure is a negative number.
    let space = unsafe { H5Screate(H5S_class_t::H5S_SCALAR) };
    // SAFETY: `object` is open as long as it is borrowed; `c_name` outlives the call; the library
    // refuses (negative) identifiers that are not open.
    let attribute =
        unsafe { H5Acreate2(object.id(), c_name.as_ptr(), string, space, H5P_DEFAULT, H5P_DEFAULT) };
    // SAFETY: the buffer holds exactly the `len + 1` bytes that `string` says, and outlives the call.
    let written = unsafe { H5Awrite(attribute, string, c_text.as_ptr().cast()) };
    // SAFETY: each is closed once and not used afterwards; closing a negative identifier is refused.
    let closed = unsafe { [H5Aclose(attribute), H5Sclose(space), H5Tclose(string)] };
    match written >= 0 && closed.iter().all(|status| *status >= 0) {
        true => Ok(()),
        false => Err("the HDF5 library refused it".to_owned()),
    }
}

/// A string type of `size` bytes, its null included; negative if the library refuses. The caller
/// holds the lock and closes it.
fn string_type(size: usize, encoding: Encoding) -> hid_t {
    let set = match encoding {
        Encoding::Ascii => H5T_cset_t::H5T_CSET_ASCII,
        Encoding::Utf8 => H5T_cset_t::H5T_CSET_UTF8,
    };
    // SAFETY: plain calls under the library's lock; the library is initialised, as an object is
    // open; identifiers that are not open are refused, and `H5Acreate2` then fails in turn.
    unsafe {
        let string = H5Tcopy(*H5T_C_S1);
        H5Tset_size(string, size);
        H5Tset_strpad(string, H5T_str_t::H5T_STR_NULLTERM);
        H5Tset_cset(string, set);
        string
    }
}

/// Length in bytes of a scalar text of fixed length; None if the attribute is anything else.
pub(super) fn length(attribute: &Attribute) -> Option<usize> {
    let kind = attribute.dtype().and_then(|kind| kind.to_descriptor()).ok()?;
    match kind {
        TypeDescriptor::FixedAscii(length) | TypeDescriptor::FixedUnicode(length) => {
            (attribute.ndim() == 0 && attribute.size() == 1).then_some(length)
        }
        _ => None,
    }
}

/// The bytes of a text of this [`length`], without what it is padded with.
pub(super) fn read(attribute: &Attribute, length: usize) -> Result<Vec<u8>, String> {
    let kind = attribute.dtype().map_err(|_| "its type cannot be read".to_owned())?;
    if kind.size() != length {
        return Err("its length changed".to_owned());
    }
    let mut bytes = vec![0_u8; length];
    let _lock = hdf5_sys::LOCK.lock();
    // SAFETY: attribute and type are open as long as they are borrowed; the attribute is one text of `length`
    // bytes, and as it is read in its own type the library writes just these.
    let status = unsafe { H5Aread(attribute.id(), kind.id(), bytes.as_mut_ptr().cast()) };
    if status < 0 {
        return Err("the HDF5 library cannot read it".to_owned());
    }
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(length);
    bytes.truncate(end);
    Ok(bytes)
}
