//! Scenario files: TOML → checked scenario → systems ready to run. The only crate that knows TOML, and the
//! only place where a `Box<dyn System>` is made (`systems/`, one file a kind).
//!
//! ```text
//!   text ──structure──▶ document ──overrides──▶ ──vary──▶ [Candidate], each a complete file
//!        ──check──▶ Scenario of [Point], each a file and the problem that it means ──▶ [Job]
//! ```
//! Every mistake is reported with its place and with what to write instead, all at once where possible.

mod address;
mod assignment;
mod bound;
mod check;
mod companion;
mod complaints;
mod cost;
pub mod dynamics;
mod example;
mod examples;
mod excerpt;
mod expense;
mod few;
pub mod file;
pub mod from_record;
pub mod inputs;
mod jobs;
mod load;
pub mod mistakes;
pub mod model;
pub mod nothing;
pub mod observe;
mod overlay;
pub mod overrides;
mod plan;
mod point;
mod ranges;
mod schema;
mod setting;
pub mod source;
pub mod stated;
mod structure;
pub mod study;
pub mod systems;
mod text_format;
pub mod times;
pub mod typed;
mod unbuilt;
mod vary;

use mistakes::{Mistake, Mistakes};
use schema::Schema;
use stated::Stated;

pub use cost::Costs;
pub use load::{Scenario, load};
pub use point::Point;
pub use schema::Listed;
pub use systems::kind::BuildError;

/// The parts of a resolved scenario on comparing and drawing. Nothing else of it is read, so that a
/// record can be compared and drawn where its scenario could not be run: on a smaller machine, or by
/// a later version.
///
/// # Errors
/// Where the text is none of a scenario.
pub fn stated(name: &str, resolved: &str) -> Result<Stated, Mistakes> {
    file::read(resolved).map_err(|error| Mistakes::of_text(name, resolved, vec![Mistake::of_toml(&error)]))
}

/// The JSON schema of scenario files, for editors.
pub fn json_schema() -> serde_json::Value {
    Schema::of_scenarios().root
}

/// Everything that exists, with its keys, from the types.
pub fn kinds() -> Vec<Listed> {
    Schema::of_scenarios().kinds()
}
