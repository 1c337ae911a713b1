//! Null-terminated fixed-length string attributes, which the HDF5 dimension-scale library insists
//! on for `CLASS` and `NAME` and the safe bindings cannot write (they pad with nulls instead, and
//! h5py then fails in `H5DSget_scale_name`). Every other string is written by the safe bindings.

#![expect(unsafe_code, reason = "the safe bindings offer no null-terminated string type")]

use std::ffi::CString;

use hdf5::Dataset;
use hdf5_sys::h5a::{H5Aclose, H5Acreate2, H5Awrite};
use hdf5_sys::h5i::hid_t;
use hdf5_sys::h5p::H5P_DEFAULT;
use hdf5_sys::h5s::{H5S_class_t, H5Sclose, H5Screate};
use hdf5_sys::h5t::{H5T_C_S1, H5T_str_t, H5Tclose, H5Tcopy, H5Tset_size, H5Tset_strpad};

/// Gives `dataset` the scalar attribute `name` = `text`, null-terminated.
pub(super) fn write(dataset: &Dataset, name: &str, text: &str) -> Result<(), String> {
    let refused = |_| format!("the text of attribute {name} holds a null character");
    let (c_name, c_text) = (CString::new(name).map_err(refused)?, CString::new(text).map_err(refused)?);
    // The library is one for the process: nobody else may be inside it between these calls.
    let _lock = hdf5_sys::LOCK.lock();
    let string = string_type(c_text.as_bytes_with_nul().len());
    // SAFETY: a plain call under the library's lock; a failure is a negative number.
    let space = unsafe { H5Screate(H5S_class_t::H5S_SCALAR) };
    // SAFETY: `dataset` is open as long as it is borrowed; `c_name` outlives the call; the library
    // refuses (negative) identifiers that are not open.
    let attribute =
        unsafe { H5Acreate2(dataset.id(), c_name.as_ptr(), string, space, H5P_DEFAULT, H5P_DEFAULT) };
    // SAFETY: the buffer holds exactly the `len + 1` bytes that `string` says, and outlives the call.
    let written = unsafe { H5Awrite(attribute, string, c_text.as_ptr().cast()) };
    // SAFETY: each is closed once and not used afterwards; closing a negative identifier is refused.
    let closed = unsafe { [H5Aclose(attribute), H5Sclose(space), H5Tclose(string)] };
    match written >= 0 && closed.iter().all(|status| *status >= 0) {
        true => Ok(()),
        false => Err(format!("the HDF5 library refused attribute {name}")),
    }
}

/// A string type of `size` bytes, its null included; negative if the library refuses. The caller
/// holds the lock and closes it.
fn string_type(size: usize) -> hid_t {
    // SAFETY: plain calls under the library's lock; the library is initialised, as a dataset is
    // open; identifiers that are not open are refused, and `H5Acreate2` then fails in turn.
    unsafe {
        let string = H5Tcopy(*H5T_C_S1);
        H5Tset_size(string, size);
        H5Tset_strpad(string, H5T_str_t::H5T_STR_NULLTERM);
        string
    }
}
