//! Scenario files: TOML → checked scenario → systems ready to run. The only crate that knows TOML, and the
//! only place where a `Box<dyn System>` is made ([`build`]).
//!
//! ```text
//!   text ──overrides──▶ document ──schema──▶ ScenarioFile (as typed) ──check──▶ Scenario ──build──▶ [Job]
//! ```
//! Every mistake is reported with its place and with what to write instead, all at once where possible.

pub mod build;
mod check;
mod document;
pub mod file;
pub mod overrides;
pub mod problem;
mod schema;
pub mod times;

use file::ScenarioFile;
use meanfield_run::claim::Claim;
use meanfield_run::drive::Plan;
use overrides::Overrides;
use problem::{Mistakes, Problem};

/// A scenario that was checked: running it can still fail, reading it cannot.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The resolved file: overrides applied, defaults written out.
    pub file: ScenarioFile,
    /// The same as TOML; two scenarios are the same if this text is.
    pub resolved: String,
    /// What is observed.
    pub plan: Plan,
    /// Name of the reference system, where there is one.
    pub reference: Option<String>,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// Reads, overrides and checks a scenario. `name` is how messages call it; `quantities` are the names that a
/// claim may use beside `risk`, means and spreads (the comparison knows its distances, this crate does not).
pub fn load(name: &str, text: &str, overrides: &Overrides, quantities: &[String]) -> Result<Scenario, Mistakes> {
    let schema = schema::Schema::of_scenarios();
    schema.check(name, text)?;
    let resolved = overrides::apply(&schema, name, text, overrides)?;
    let (shown, resolved_text) = match &resolved {
        Some(text) => (format!("{name} with its overrides"), text.as_str()),
        None => (name.to_owned(), text),
    };
    if resolved.is_some() {
        schema.check(&shown, resolved_text)?;
    }
    let mut file: ScenarioFile = toml::from_str(resolved_text).map_err(|error| {
        Mistakes::new(&shown, resolved_text, vec![Problem::of_toml(&error)])
    })?;
    file.quick = None;
    check::check(&file, quantities).map_err(|complaints| complaints.located(&shown, resolved_text))?;
    let resolved = toml::to_string(&file).map_err(|error| {
        Mistakes::new(&shown, resolved_text, vec![Problem::general(format!("cannot be written as TOML: {error}"))])
    })?;
    Ok(Scenario { plan: file.plan(), reference: file.reference(), claims: file.claims(), resolved, file })
}

/// The JSON schema of scenario files, for editors.
pub fn json_schema() -> serde_json::Value {
    schema::Schema::of_scenarios().root
}

/// One kind that exists: what `meanfield list` prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// Where it is written, e.g. `model.data`, `systems.<name>`.
    pub place: String,
    /// Its name, e.g. `isotropic-gaussians`.
    pub name: String,
    /// What it is.
    pub meaning: String,
    /// Its keys: (name, meaning, default if it has one).
    pub keys: Vec<(String, String, Option<String>)>,
}

/// All kinds with their keys, from the types.
pub fn kinds() -> Vec<Kind> {
    schema::Schema::of_scenarios().kinds()
}
