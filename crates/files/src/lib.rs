//! Files on a disk that may fail, fill up or stop at any moment, among files of others: what is written
//! appears under its name whole or not at all, and was read back before; what is read is a regular file
//! of bounded size.
//!
//! It does not know what files hold, and guards against no second writer: a folder's owner does.

pub mod digest;
mod lock;
mod read;
mod write;

pub use lock::{Lock, append, lock};
pub use read::{Missing, follow, is_folder, is_there, name_of, open_and_read, read_own, read_own_text, text};
pub use write::{Aside, LEFT_BEHIND, can_move, sync_entries, write};
